/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * What a few stretches of a chunk tell of it.
 *
 * @param planes 1, 2 or 4: how wide the words are whose bytes are alike by place
 * @param bitsPerByte entropy of the source, when sorted so
 */
record Sample(int planes, double bitsPerByte) {
  private static final int STRETCHES = 16;
  private static final int STRETCH_BYTES = 512;

  /** Above it, coding would gain less than 0.5 %. */
  private static final double NOISE_BITS = 7.96;

  /** Wider words must gain this much, as estimates from samples differ by chance. */
  private static final double MARGIN_BITS = 0.1;

  static Sample of(byte[] bytes, int length) {
    Counts[] quarters = new Counts[4];
    for (int place = 0; place < 4; place++) {
      quarters[place] = new Counts();
      count(bytes, length, place, quarters[place]);
    }
    Counts even = Counts.sum(quarters[0], quarters[2]);
    Counts odd = Counts.sum(quarters[1], quarters[3]);
    double one = mean(Counts.sum(even, odd));
    double two = mean(even, odd);
    double four = mean(quarters);
    if (four < Math.min(one, two) - MARGIN_BITS) {
      return new Sample(4, four);
    }
    return two < one - MARGIN_BITS ? new Sample(2, two) : new Sample(1, one);
  }

  private static void count(byte[] bytes, int length, int place, Counts counts) {
    if (length <= STRETCHES * STRETCH_BYTES) {
      counts.addEvery(4, bytes, place, length);
      return;
    }
    for (int i = 0; i < STRETCHES; i++) {
      int from = (int) ((long) (length - STRETCH_BYTES) * i / (STRETCHES - 1)) & ~3;
      counts.addEvery(4, bytes, from + place, from + STRETCH_BYTES);
    }
  }

  private static double mean(Counts... parts) {
    double sum = 0;
    for (Counts part : parts) {
      sum += part.bitsPerByteOfSource();
    }
    return sum / parts.length;
  }

  boolean isNoise() {
    return bitsPerByte > NOISE_BITS;
  }
}
