/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.update.Soak.Health;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SoakTest {
  private final Soak soak = new Soak(Duration.ofSeconds(30), 50);

  @Test
  void endsAfterItsTime() {
    assertFalse(soak.isOver(Duration.ofMillis(29_999)));
    assertTrue(soak.isOver(Duration.ofSeconds(30)));
  }

  @Test
  void fewRequestsProveNothing() {
    assertEquals(Optional.empty(), code(new Health(0, 19, 0)));
    assertEquals(Optional.empty(), code(new Health(19, 0, 1_000)));
  }

  @Test
  void objectsToMoreThanAFifthOfFailures() {
    assertEquals(Optional.empty(), code(new Health(80, 20, 10)));
    assertEquals(Optional.of(FailureCode.INFERENCE_FAILED), code(new Health(79, 21, 10)));
  }

  @Test
  void objectsToALatencyOverTheReleasesLimit() {
    assertEquals(Optional.empty(), code(new Health(20, 0, 50)));
    assertEquals(Optional.of(FailureCode.TOO_SLOW), code(new Health(20, 0, 50.1)));
    Soak unlimited = new Soak(Duration.ZERO, Double.POSITIVE_INFINITY);
    assertEquals(Optional.empty(), unlimited.objection(new Health(20, 0, 1e9)));
  }

  private Optional<FailureCode> code(Health health) {
    return soak.objection(health).map(Reported.Failure::code);
  }
}
