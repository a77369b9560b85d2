/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.cost.CostModel;
import dev.sagui.cost.Work;
import dev.sagui.device.Speeds;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchStoreTest {
  @TempDir Path folder;

  @Test
  void costsAreThoseOfAProfileAndARuntimeAndTheLatest() {
    Work work = new Work(List.of(new Work.Operator("Conv fp32", 1e8, 1e6, 3)));
    CostModel cold = CostModel.cold(new Speeds(100, 200, 10));
    CostModel first = cold.learned(List.of(new CostModel.Timed(work, 4)));
    CostModel latest = cold.learned(List.of(new CostModel.Timed(work, 5))).within(0.1);
    try (Database database = Database.open(folder.resolve("sagui.db"))) {
      BenchStore store = new BenchStore(database);
      store.putCosts("pi", "1.29.0", first);
      store.putCosts("pi", "1.29.0", latest);
      store.putCosts("pi", "1.28.0", first);
    }
    try (Database again = Database.open(folder.resolve("sagui.db"))) {
      BenchStore store = new BenchStore(again);
      assertEquals(Optional.of(latest), store.findCosts("pi", "1.29.0"));
      assertEquals(Optional.of(first), store.findCosts("pi", "1.28.0"));
      assertEquals(Optional.empty(), store.findCosts("other", "1.29.0"));
    }
  }
}
