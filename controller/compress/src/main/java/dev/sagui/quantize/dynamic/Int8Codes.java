/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.onnx.Payload;

/**
 * A matrix in int8, in its stored order.
 *
 * @param scales one for each output
 */
@SuppressWarnings("ArrayRecordComponent")
record Int8Codes(Payload payload, float[] scales) {
  boolean isFinite() {
    for (float scale : scales) {
      if (!Float.isFinite(scale)) {
        return false;
      }
    }
    return true;
  }
}
