/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How much goes, and how.
 *
 * @param share of the multiplications that goes, in 0..1; ignored where there is a latency
 * @param latency to reach, as a share of the input's on this machine, at batch 1
 * @param repair whether layers get other weights by least squares
 * @param block what convolutions take is a multiple of it; 1 for any number
 * @param widths of the groups, as an earlier run chose them; empty to choose
 */
public record ChannelOptions(
    double share,
    OptionalDouble latency,
    Selection select,
    boolean repair,
    int block,
    List<Integer> widths) {
  /** Channels that convolutions of ONNX Runtime take at once on most machines. */
  public static final int USUAL_BLOCK = 8;

  public ChannelOptions {
    widths = List.copyOf(widths);
  }

  /** A share of the multiplications goes, by what is known to work best. */
  public static ChannelOptions share(double share) {
    return new ChannelOptions(
        share, OptionalDouble.empty(), Selection.BACKWARD, true, USUAL_BLOCK, List.of());
  }

  /** The same with another block. */
  public ChannelOptions inBlocksOf(int other) {
    return new ChannelOptions(share, latency, select, repair, other, widths);
  }
}
