/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import dev.sagui.device.DeviceId;

/** Where desired states go. */
public interface DesiredLink {
  /**
   * Hands over a device's signed desired state. It reaches the device as it is, now if the device
   * listens and else as soon as it does; it is kept until the next one for the same device, which
   * takes its place. Other devices do not get it. It returns at once and does not fail: while the
   * broker cannot be reached nothing is sent, and everything is sent again at the next connect.
   *
   * @param envelope of at most {@link dev.sagui.wire.Channel#DESIRED}'s bytes
   */
  void desired(DeviceId device, byte[] envelope);
}
