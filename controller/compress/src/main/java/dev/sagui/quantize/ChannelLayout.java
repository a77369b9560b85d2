/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import java.util.Arrays;
import java.util.List;

/**
 * Where the output channels lie in a weight: elements are {@code [outer, channels, inner]}, row by
 * row.
 *
 * @param scaleShape one scale a channel, shaped to broadcast against the weight
 */
public record ChannelLayout(long outer, int channels, long inner, List<Long> scaleShape) {
  /** One channel of as many elements as there are. */
  static final ChannelLayout ONE = new ChannelLayout(1, 1, Long.MAX_VALUE, List.of());

  public ChannelLayout {
    scaleShape = List.copyOf(scaleShape);
  }

  /** Channels along one axis of a weight with dimensions {@code dims}. */
  public static ChannelLayout axis(List<Long> dims, int axis) {
    return axes(dims, axis, axis + 1);
  }

  /** Channels along the axes from {@code from} to {@code to}, exclusive, taken together. */
  public static ChannelLayout axes(List<Long> dims, int from, int to) {
    Long[] shape = new Long[dims.size()];
    Arrays.fill(shape, 1L);
    for (int i = from; i < to; i++) {
      shape[i] = dims.get(i);
    }
    return new ChannelLayout(
        product(dims.subList(0, from)),
        Math.toIntExact(product(dims.subList(from, to))),
        product(dims.subList(to, dims.size())),
        Arrays.asList(shape));
  }

  public long elements() {
    return outer * channels * inner;
  }

  private static long product(List<Long> dims) {
    return dims.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }

  /** A walk over the elements in order; one walk, one thread. */
  final class Cursor {
    private int channel;
    private long inside;

    int channel() {
      return channel;
    }

    /** Whether each element is of the channel after the one before, until the last channel. */
    boolean isInterleaved() {
      return inner == 1;
    }

    /**
     * How many of the next {@code wanted} elements are of the same channel, or of one channel after
     * the other where they are interleaved.
     */
    int run(int wanted) {
      return inner == 1
          ? Math.min(wanted, channels - channel)
          : (int) Math.min(wanted, inner - inside);
    }

    void advance(int count) {
      if (inner == 1) {
        channel = channel + count == channels ? 0 : channel + count;
        return;
      }
      inside += count;
      if (inside == inner) {
        inside = 0;
        channel = channel + 1 == channels ? 0 : channel + 1;
      }
    }
  }
}
