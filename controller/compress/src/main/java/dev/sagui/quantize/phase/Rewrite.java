/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import java.util.List;

/**
 * How a layer is to be rewritten.
 *
 * @param input of the convolution to come
 * @param axes empty when it is to be left
 * @param reason why it is left; empty otherwise
 */
record Rewrite(String input, List<PhaseAxis> axes, String reason) {
  Rewrite {
    axes = List.copyOf(axes);
  }

  static Rewrite left(String reason) {
    return new Rewrite("", List.of(), reason);
  }
}
