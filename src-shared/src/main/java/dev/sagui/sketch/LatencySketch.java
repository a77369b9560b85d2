/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.sketch;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Counts of durations in log-linear buckets: 32 per power of two, so a quantile is within 1.6 % of
 * the recorded value; adding the counts of two sketches is an exact merge.
 *
 * <p>Durations are nanoseconds from 0 to about 73 minutes; longer ones count as the longest. Not
 * thread-safe: one thread owns a sketch.
 */
public final class LatencySketch {
  private static final int SUB_BITS = 5;
  private static final int SUB = 1 << SUB_BITS;
  private static final int MAX_EXPONENT = 42;
  private static final int BUCKETS = (MAX_EXPONENT - SUB_BITS + 1) * SUB;
  private static final byte VERSION = 1;

  private final long[] counts = new long[BUCKETS];
  private long count;
  private long sumNanos;

  /** Records one duration; a negative one counts as 0. */
  public void record(long nanos) {
    long clipped = Math.max(0, nanos);
    counts[bucket(clipped)]++;
    count++;
    sumNanos += clipped;
  }

  public void merge(LatencySketch other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
    count += other.count;
    sumNanos += other.sumNanos;
  }

  public long count() {
    return count;
  }

  /** Exact sum of what was recorded, in nanoseconds. */
  public long sumNanos() {
    return sumNanos;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /**
   * The smallest duration that at least {@code q} of all recorded ones do not exceed, in
   * nanoseconds; 0 when nothing was recorded.
   *
   * @param q from 0 to 1
   */
  public double quantileNanos(double q) {
    long rank = Math.max(1, (long) Math.ceil(q * count));
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return middle(i);
      }
    }
    return 0;
  }

  public double quantileMillis(double q) {
    return quantileNanos(q) / 1e6;
  }

  /** How many recorded durations lie in buckets that end at or below {@code nanos}. */
  public long countUpTo(long nanos) {
    long seen = 0;
    for (int i = 0; i < BUCKETS && lowest(i + 1) - 1 <= nanos; i++) {
      seen += counts[i];
    }
    return seen;
  }

  /** Version byte, varint sum, then pairs of varints: buckets skipped, count. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(16 + BUCKETS * 12);
    out.put(VERSION);
    putVarint(out, sumNanos);
    int previous = -1;
    for (int i = 0; i < BUCKETS; i++) {
      if (counts[i] != 0) {
        putVarint(out, i - previous - 1L);
        putVarint(out, counts[i]);
        previous = i;
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /**
   * Reads what {@link #encode()} wrote.
   *
   * @throws RejectedException MALFORMED_PAYLOAD
   */
  public static LatencySketch decode(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    LatencySketch sketch = new LatencySketch();
    if (!in.hasRemaining() || in.get() != VERSION) {
      throw malformed("unknown version");
    }
    sketch.sumNanos = getVarint(in);
    long at = -1;
    while (in.hasRemaining()) {
      at += 1 + getVarint(in);
      if (at < 0 || at >= BUCKETS) {
        throw malformed("bucket " + at);
      }
      long n = getVarint(in);
      sketch.counts[(int) at] = n;
      sketch.count += n;
    }
    return sketch;
  }

  private static int bucket(long nanos) {
    if (nanos < SUB) {
      return (int) nanos;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(nanos);
    if (exponent >= MAX_EXPONENT) {
      return BUCKETS - 1;
    }
    int shift = exponent - SUB_BITS;
    return (shift + 1) * SUB + (int) (nanos >>> shift) - SUB;
  }

  private static long lowest(int bucket) {
    if (bucket < SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    return (long) (bucket % SUB + SUB) << shift;
  }

  private static double middle(int bucket) {
    return (lowest(bucket) + lowest(bucket + 1) - 1) / 2.0;
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static long getVarint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (!in.hasRemaining()) {
        throw malformed("it ends inside a number");
      }
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("a number has more than 63 bits");
  }

  private static RejectedException malformed(String what) {
    return new RejectedException(FailureCode.MALFORMED_PAYLOAD, "latency sketch: " + what);
  }
}
