/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import dev.sagui.device.DeviceId;

/** Where bench jobs go. */
public interface BenchLink {
  /**
   * Hands over a signed job. It returns at once and does not fail; a job that is lost is offered
   * again.
   *
   * @param envelope of at most {@link dev.sagui.manifest.BenchJob#MAX_BYTES}
   */
  void offer(DeviceId device, byte[] envelope);
}
