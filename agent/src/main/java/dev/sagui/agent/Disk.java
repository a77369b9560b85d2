/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Inventory;
import dev.sagui.agent.store.Wear;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What to report of the device's disk. */
record Disk(ArtifactStore store, Wear wear) {
  /** Empty when the disk does not even tell what it holds. */
  Optional<Reported.Store> report() {
    try {
      Inventory held = store.inventory(Map.of());
      return Optional.of(new Reported.Store(held.bytes(), held.freeBytes(), wear.todayBytes()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The agent ends. */
  void end() {
    wear.note();
    wear.save();
  }
}
