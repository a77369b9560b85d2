/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.wire.BenchReport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildBenchesIT {
  @TempDir Path folder;

  @Test
  void aBenchThatGotNoProcessorSaysNothingOfItsModel() throws Exception {
    AtomicLong clock = new AtomicLong();
    ChildBenches benches =
        new ChildBenches(folder.resolve("bench"), folder.resolve("native"), clock::get);
    BenchTask.Part none = new BenchTask.Part(folder, "none", List.of(), List.of(), folder);
    Benches.Run run = benches.begin(new BenchTask(none, none, 1, 1, 0, 1 << 20));
    clock.set(Long.MAX_VALUE / 2); // long after its limit of a minute, of which it had no second
    BenchReport.Outcome outcome = run.outcome().orElseThrow();
    assertEquals(BenchReport.Kind.INTERRUPTED, outcome.kind());
    assertTrue(outcome.reason().contains("no processor"), outcome.reason());
  }
}
