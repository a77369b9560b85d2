/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.run.DataSpec;
import dev.sagui.run.source.BadData;
import dev.sagui.run.source.InputSlot;
import dev.sagui.run.source.SampleSource;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Pictures of one size in memory, a byte a channel and pixel. */
final class PictureSet {
  private static final Pattern RANGE = Pattern.compile(".*:-?[\\d.]+\\.\\.-?[\\d.]+(:.*)?");

  private final byte[] levels;
  private final List<Long> shape;
  private final int from;
  private final int count;

  /**
   * @param levels [count, channels, height, width]
   * @param shape of one
   * @param from the first picture
   */
  private PictureSet(byte[] levels, List<Long> shape, int from, int count) {
    this.levels = levels;
    this.shape = List.copyOf(shape);
    this.from = from;
    this.count = count;
  }

  /**
   * Reads them all.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST or NOT_FOUND in one sentence
   */
  static PictureSet of(DataSpec spec, long channels) {
    if (RANGE.matcher(spec.toString()).matches()) {
      throw BadData.of(
          "the net's own range holds for the pictures that it learns; leave LOW..HIGH out of "
              + spec);
    }
    InputSlot slot =
        new InputSlot(
            0,
            "image",
            DataType.UINT8,
            List.of(channels, -1L, -1L),
            List.of("", "", ""),
            true,
            0,
            OptionalInt.empty());
    try (SampleSource source = spec.open(List.of(slot), Optional.empty())) {
      return read(spec, source);
    }
  }

  private static PictureSet read(DataSpec spec, SampleSource source) {
    int count = source.count();
    Tensor first = source.next().get(0);
    int size = first.data().remaining();
    if ((long) size * count > Integer.MAX_VALUE - 8) {
      throw BadData.of(
          "%,d pictures of %,d bytes do not fit into one memory block; add :N to %s for the first N"
              .formatted(count, size, spec));
    }
    byte[] levels = new byte[size * count];
    first.data().get(levels, 0, size);
    for (int i = 1; i < count; i++) {
      Tensor next = source.next().get(0);
      if (!next.shape().equals(first.shape())) {
        throw BadData.of(
            "expected pictures of one size in %s, found %s and %s"
                .formatted(spec, first.shape(), next.shape()));
      }
      next.data().get(levels, i * size, size);
    }
    return new PictureSet(levels, first.shape(), 0, count);
  }

  /** Some of them, on the same memory. */
  PictureSet part(int begin, int end) {
    return new PictureSet(levels, shape, from + begin, end - begin);
  }

  int count() {
    return count;
  }

  long channels() {
    return shape.get(0);
  }

  long height() {
    return shape.get(1);
  }

  long width() {
    return shape.get(2);
  }

  /** Bytes of one. */
  int size() {
    return Math.toIntExact(channels() * height() * width());
  }

  boolean isLike(PictureSet other) {
    return shape.equals(other.shape);
  }

  /**
   * The level of one element of a picture, 0 to 255.
   *
   * @param at in [channels, height, width]
   */
  int level(int index, int at) {
    return levels[(from + index) * size() + at] & 0xff;
  }

  /**
   * Appends one, its levels spread over a range.
   *
   * @param low of level 0
   * @param high of level 255
   */
  void put(int index, float low, float high, FloatBuffer into) {
    int size = size();
    float step = (high - low) / 255;
    for (int i = 0; i < size; i++) {
      into.put(low + step * level(index, i));
    }
  }
}
