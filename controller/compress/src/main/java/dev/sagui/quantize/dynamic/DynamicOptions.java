/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.isa.Int8Format;

/**
 * How weights are quantized; activations are always uint8 over their range in each run.
 *
 * @param reduceRange for x86 without VNNI, whose kernel adds products in saturating int16: pairs
 *     that cannot saturate where weights are rounded by data, else 7 bits
 * @param unsigned uint8 with zero point 128 in place of int8
 * @param perChannel a scale for each output channel in place of one for the weight
 * @param embeddings tables of Gather too, row by row
 */
public record DynamicOptions(
    boolean reduceRange, boolean unsigned, boolean perChannel, boolean embeddings) {
  private static final int MOST = 127;

  /** int8 over the full range, a scale per channel, embeddings too. */
  public static final DynamicOptions DEFAULT = new DynamicOptions(false, false, true, true);

  /** For x86 without VNNI. */
  public static final DynamicOptions REDUCED = new DynamicOptions(true, false, true, true);

  /** What weights may be that are rounded row by row. */
  Int8Format format() {
    return new Int8Format(false, MOST, reduceRange && !unsigned ? MOST + 1 : 2 * MOST, "");
  }

  /** Codes go from −levels to levels. */
  int levels() {
    return reduceRange ? MOST / 2 : MOST;
  }
}
