/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** How fast bytes go out. */
class UplinkTest {
  private long nanos = -5; // a clock of any start

  private Uplink uplink(long bytesPerSecond, long longestPause) {
    return new Uplink(bytesPerSecond, () -> nanos, wait -> nanos += Math.min(wait, longestPause));
  }

  private double seconds(Uplink uplink, int blocks, int bytes) {
    long begun = nanos;
    for (int i = 0; i < blocks; i++) {
      uplink.pass(bytes);
    }
    return (nanos - begun) / 1e9;
  }

  @Test
  void takesAsLongAsTheRateSays() {
    assertEquals(2, seconds(uplink(1_000_000, Long.MAX_VALUE), 20, 100_000), 1e-6);
  }

  @Test
  void pausesThatEndEarlyAreGoneOnWith() {
    assertEquals(2, seconds(uplink(1_000_000, 1_000_000), 20, 100_000), 1e-6);
  }

  @Test
  void timeInWhichNothingWasSentIsNotSaved() {
    Uplink uplink = uplink(1_000_000, Long.MAX_VALUE);
    nanos += 60_000_000_000L;
    assertEquals(1, seconds(uplink, 10, 100_000), 1e-6);
  }

  @Test
  void zeroIsNoLimit() {
    assertEquals(0, seconds(uplink(0, Long.MAX_VALUE), 1_000, 1 << 16));
  }
}
