/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.sketch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencySketchTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void quantilesAgreeWithHdrHistogramWithinTwoPercent(long seed) {
    LatencySketch sketch = new LatencySketch();
    Histogram oracle = new Histogram(4);
    for (long nanos : lognormal(seed, 20_000)) {
      sketch.record(nanos);
      oracle.recordValue(nanos);
    }
    for (double q : new double[] {0, 0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1}) {
      double expected = oracle.getValueAtPercentile(q * 100);
      assertEquals(expected, sketch.quantileNanos(q), expected * 0.02, "q=" + q);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void mergingEqualsRecordingEverythingInOne(long seed) {
    LatencySketch one = new LatencySketch();
    LatencySketch left = new LatencySketch();
    LatencySketch right = new LatencySketch();
    for (long nanos : lognormal(seed, 5_000)) {
      one.record(nanos);
      ((nanos & 1) == 0 ? left : right).record(nanos);
    }
    left.merge(right);
    assertArrayEquals(one.encode(), left.encode());
    assertEquals(one.count(), left.count());
  }

  @Test
  void aReportOfSixtyFiveThousandRecordsStaysUnderHalfAKilobyte() {
    LatencySketch sketch = new LatencySketch();
    Arrays.stream(lognormal(3, 65_536)).forEach(sketch::record);
    assertTrue(sketch.encode().length <= 512, "bytes: " + sketch.encode().length);
  }

  @Test
  void survivesEncodingAtTheEdges() {
    LatencySketch sketch = new LatencySketch();
    for (long nanos : new long[] {-5, 0, 1, 31, 32, 33, 63, 64, 1L << 41, Long.MAX_VALUE >> 8}) {
      sketch.record(nanos);
    }
    LatencySketch read = LatencySketch.decode(sketch.encode());
    assertArrayEquals(sketch.encode(), read.encode());
    assertEquals(10, read.count());
    assertEquals(sketch.sumNanos(), read.sumNanos());
  }

  @Test
  void anEmptySketchHasNoDurations() {
    LatencySketch sketch = LatencySketch.decode(new LatencySketch().encode());
    assertTrue(sketch.isEmpty());
    assertEquals(0, sketch.quantileNanos(0.99));
  }

  @Test
  void countsWhatLiesBelowABorder() {
    LatencySketch sketch = new LatencySketch();
    sketch.record(1_000);
    sketch.record(1_000_000);
    assertEquals(1, sketch.countUpTo(10_000));
    assertEquals(2, sketch.countUpTo(10_000_000));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void brokenBytesAreRejectedAndNothingElseHappens(long seed) {
    Random random = new Random(seed);
    byte[] junk = new byte[1 + random.nextInt(40)];
    random.nextBytes(junk);
    junk[0] = 1;
    junk[junk.length - 1] |= (byte) 0x80; // ends inside a number
    assertThrows(RejectedException.class, () -> LatencySketch.decode(junk));
    assertThrows(RejectedException.class, () -> LatencySketch.decode(new byte[0]));
  }

  private static long[] lognormal(long seed, int n) {
    Random random = new Random(seed);
    return random
        .doubles(n)
        .map(u -> 2e6 * Math.exp(random.nextGaussian()))
        .mapToLong(d -> (long) d)
        .toArray();
  }
}
