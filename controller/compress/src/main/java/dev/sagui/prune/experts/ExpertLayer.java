/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of one block.
 *
 * @param block its first node
 * @param grouping how neurons were grouped: of those tried, what lost least
 * @param usage share of the calibration rows that compute each expert
 * @param outputDb power of what the block's output varies by over that of its error, on held-out
 *     rows
 * @param repaired whether the second layer was fitted anew
 * @param parameters of the experts' matrices
 * @param activeParameters of those that one row computes
 */
public record ExpertLayer(
    String block,
    int experts,
    int active,
    String grouping,
    List<Double> usage,
    double outputDb,
    boolean repaired,
    long parameters,
    long activeParameters) {
  public ExpertLayer {
    usage = List.copyOf(usage);
  }

  static ExpertLayer of(FeedForward block, BlockSplit split, ExpertOptions options) {
    long all = (long) block.width() * (block.up().inputs() + block.down().outputs());
    return new ExpertLayer(
        block.name(),
        options.count(),
        options.active(),
        split.grouping().name(),
        Arrays.stream(split.usage()).boxed().toList(),
        split.errorDb(),
        split.repaired(),
        all,
        all / options.count() * options.active());
  }

  /** As reports have it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("block", block);
    map.put("experts", experts);
    map.put("active", active);
    map.put("grouping", grouping);
    map.put("usage", usage.stream().map(share -> Math.round(1000 * share) / 1000.0).toList());
    map.put("output_db", outputDb);
    map.put("repaired", repaired);
    map.put("parameters", parameters);
    map.put("active_parameters", activeParameters);
    return map;
  }
}
