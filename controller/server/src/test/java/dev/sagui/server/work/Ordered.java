/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.server.catalog.Release;
import dev.sagui.server.store.JobStore;
import java.time.Instant;
import java.util.Map;

/** Jobs that nobody takes. */
final class Ordered {
  private Ordered() {}

  static JobStore.Order differences(Release release) {
    return new JobStore.Order("differences", release.id().hex(), Map.of(), Instant.EPOCH);
  }
}
