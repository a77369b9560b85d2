/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import java.util.Arrays;

/** What one layer is replaced by. */
enum Form {
  /**
   * A convolution: k×k depthwise, then 1×1 (MobileNet, arXiv 1704.04861). A transposed one of
   * stride s: depthwise over the inputs, then transposed with an s×s kernel, whose outputs do not
   * overlap.
   */
  SEPARABLE("separable"),
  /** A transposed convolution: nearest Resize, then a convolution (Odena et al. 2016). */
  RESIZE("resize-conv"),
  /** The same with depthwise, then 1×1 behind the Resize. */
  RESIZE_DEPTHWISE("resize-depthwise"),
  /** 1×1 before the Resize, depthwise behind it. */
  RESIZE_POINTWISE("resize-pointwise");

  private final String label;

  Form(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  static Form parse(String label) {
    return Arrays.stream(values())
        .filter(form -> form.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                StudentSpec.bad(
                    "unknown form '%s', there are %s"
                        .formatted(label, Arrays.stream(values()).map(Form::label).toList())));
  }
}
