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
 * @param aligned whether what convolutions take is a multiple of 8
 * @param widths of the groups, as an earlier run chose them; empty to choose
 */
public record ChannelOptions(
    double share,
    OptionalDouble latency,
    Selection select,
    boolean repair,
    boolean aligned,
    List<Integer> widths) {
  public ChannelOptions {
    widths = List.copyOf(widths);
  }

  /** A share of the multiplications goes, by what is known to work best. */
  public static ChannelOptions share(double share) {
    return new ChannelOptions(
        share, OptionalDouble.empty(), Selection.BACKWARD, true, true, List.of());
  }
}
