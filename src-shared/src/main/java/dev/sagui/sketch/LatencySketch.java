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
 * Counts of durations in log-linear buckets: 26 per power of two, so a quantile is within 1.93 % of
 * the recorded value; adding the counts of two sketches is an exact merge.
 *
 * <p>Durations are nanoseconds from 0 to about 73 minutes; longer ones count as the longest. Not
 * thread-safe: one thread owns a sketch.
 */
public final class LatencySketch {
  private static final int SUB = 26; // half a bucket is 1/52 of its lowest value
  private static final int EXACT_BITS = 6; // below 64 ns each nanosecond has its bucket
  private static final int EXACT = 1 << EXACT_BITS;
  private static final int MAX_EXPONENT = 42;
  private static final int BUCKETS = EXACT + (MAX_EXPONENT - EXACT_BITS) * SUB;
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

  /**
   * Version byte, varint sum, then a varint for each bucket; a 0 is followed by more zeros' number.
   */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(16 + BUCKETS * 12);
    out.put(VERSION);
    putVarint(out, sumNanos);
    int zeros = 0;
    for (long n : counts) {
      if (n == 0) {
        zeros++;
      } else {
        putZeros(out, zeros);
        putVarint(out, n);
        zeros = 0;
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void putZeros(ByteBuffer out, int zeros) {
    if (zeros > 0) {
      putVarint(out, 0);
      putVarint(out, zeros - 1L);
    }
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
    long at = 0;
    while (in.hasRemaining()) {
      long n = getVarint(in);
      if (n == 0) {
        at += 1 + getVarint(in);
      } else if (at >= 0 && at < BUCKETS) {
        sketch.counts[(int) at++] = n;
        sketch.count += n;
      } else {
        throw malformed("bucket " + at);
      }
    }
    return sketch;
  }

  private static int bucket(long nanos) {
    if (nanos < EXACT) {
      return (int) nanos;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(nanos);
    if (exponent >= MAX_EXPONENT) {
      return BUCKETS - 1;
    }
    return EXACT + (exponent - EXACT_BITS) * SUB + (int) ((nanos * SUB) >>> exponent) - SUB;
  }

  private static long lowest(int bucket) {
    if (bucket < EXACT) {
      return bucket;
    }
    int exponent = (bucket - EXACT) / SUB + EXACT_BITS;
    long sub = (bucket - EXACT) % SUB + (long) SUB;
    return ((sub << exponent) + SUB - 1) / SUB;
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
