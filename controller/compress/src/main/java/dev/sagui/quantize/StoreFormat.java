/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How weights lie on flash and travel; ONNX Runtime folds them back to float32 at load. */
public enum StoreFormat {
  /** binary16 → Cast: half the bytes. */
  FP16(16),
  /** int8 with a scale per output channel → Cast → Mul: a quarter of the bytes. */
  INT8(8),
  /**
   * int4 with a scale per output channel → Cast → Mul: an eighth of the bytes; the model moves to
   * opset 21. Large biases are binary16, and a small last layer is int8.
   */
  INT4(4),
  /** The same with one bit more, and with two. */
  INT5(5),
  INT6(6),
  /** Indices of so many bits into a table → Cast → Gather, see {@link PaletteWeight}. */
  PALETTE2(2),
  PALETTE3(3),
  PALETTE4(4),
  PALETTE5(5),
  PALETTE6(6),
  PALETTE7(7),
  PALETTE8(8);

  private final int bits;

  StoreFormat(int bits) {
    this.bits = bits;
  }

  int bits() {
    return bits;
  }

  boolean isPalette() {
    return compareTo(PALETTE2) >= 0;
  }

  /** Whether elements are not whole bytes, which needs opset 21. */
  boolean isFew() {
    return this != FP16 && this != INT8;
  }

  /** Whether samples make it better. */
  public boolean looksAtSamples() {
    return isFew();
  }

  /** Formats that need no look at quality; every model gets a variant of each. */
  public static List<StoreFormat> plain() {
    return List.of(FP16, INT8);
  }

  /**
   * @throws RejectedException BAD_REQUEST, naming the formats that exist
   */
  public static StoreFormat parse(String name) {
    return Arrays.stream(values())
        .filter(format -> format.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.BAD_REQUEST,
                    "expected a storage format of auto, %s, got '%s'".formatted(known(), name)));
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String known() {
    return Arrays.stream(values()).map(StoreFormat::label).collect(Collectors.joining(", "));
  }
}
