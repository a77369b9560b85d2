/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Counts the weights that are not zero; those with no whole bytes or in typed fields count all. */
final class NonZero {
  private NonZero() {}

  static long count(OnnxModel model) throws IOException {
    long[] sum = {0};
    try {
      TensorMap.forEach(model.graph(), tensor -> sum[0] += count(model, tensor));
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
    return sum[0];
  }

  private static long count(OnnxModel model, TensorProto tensor) {
    int bits = ElementType.of(tensor.getDataType()).bits();
    Payload payload = model.payload(tensor);
    if (bits % 8 != 0 || bits == 0 || payload.bytes() == 0) {
      return TensorSize.elements(tensor);
    }
    int width = bits / 8;
    long[] count = {0};
    try {
      payload.read(
          block -> {
            while (block.remaining() >= width) {
              boolean zero = true;
              for (int i = 0; i < width; i++) {
                zero &= block.get() == 0;
              }
              count[0] += zero ? 0 : 1;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count[0];
  }
}
