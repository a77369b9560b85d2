/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.UnderLoad;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenLoopTest {
  private static final long MILLI = 1_000_000;

  @TempDir Path sys;

  private long now;
  private int runs;

  @Test
  void quickAnswersTakeWhatTheyTake() {
    UnderLoad load = loaded(10, () -> MILLI);
    assertEquals(1, load.p50Millis(), 1e-6);
    assertTrue(load.requests() > 40 && load.requests() < 160, load::toString);
    assertEquals(OptionalDouble.empty(), load.joules());
  }

  @Test
  void waitingBehindASlowOneCounts() {
    UnderLoad load = loaded(10, () -> runs == 1 ? 2_000 * MILLI : MILLI);
    assertTrue(load.p95Millis() > 1_000, load::toString);
  }

  @Test
  void moreThanTheDeviceCanAnswerEndsAllTheSame() {
    UnderLoad load = loaded(10, () -> 400 * MILLI);
    assertTrue(now <= 20_400 * MILLI, () -> "ended at " + now);
    assertTrue(load.p99Millis() > 5_000, load::toString);
  }

  private UnderLoad loaded(double perSecond, java.util.function.LongSupplier takes) {
    return new OpenLoop(() -> now, nanos -> now += nanos)
        .run(
            () -> {
              runs++;
              now += takes.getAsLong();
            },
            perSecond,
            10,
            new Energy(new Board(sys)));
  }
}
