/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import java.util.Arrays;
import java.util.List;

/** Which cheaper layers stand in for a teacher's convolutions. */
public enum Block {
  /**
   * Depthwise and pointwise convolutions; transposed ones keep no overlap between their outputs.
   */
  SEPARABLE("separable"),
  /** Nearest Resize and convolutions for transposed convolutions; others stay. */
  RESIZE_CONV("resize-conv"),
  /** For each layer whichever of all, or as it is; one at least is replaced. */
  AUTO("auto");

  private final String label;

  Block(String label) {
    this.label = label;
  }

  /** As recipes name it. */
  public String label() {
    return label;
  }

  List<Form> forms() {
    return switch (this) {
      case SEPARABLE -> List.of(Form.SEPARABLE);
      case RESIZE_CONV -> List.of(Form.RESIZE, Form.RESIZE_DEPTHWISE, Form.RESIZE_POINTWISE);
      case AUTO -> List.of(Form.values());
    };
  }

  /**
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming those that exist
   */
  static Block parse(String label) {
    return Arrays.stream(values())
        .filter(block -> block.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                StudentSpec.bad(
                    "unknown block '%s', there are %s"
                        .formatted(label, Arrays.stream(values()).map(Block::label).toList())));
  }
}
