/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a coder without memory could make of a model's integer tensors of 4 and 8 bits: for each the
 * entropy of its symbols (order 0) in bytes. Without the tables that a coder sends.
 *
 * @param bytes of those tensors as they are
 * @param bounds in bytes, by the tensor's name
 */
public record SymbolEntropy(long bytes, Map<String, Double> bounds) {
  private static final int MIN_ELEMENTS = 256;

  public SymbolEntropy {
    bounds = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(bounds));
  }

  /** Reads each of those tensors once, block by block. */
  public static SymbolEntropy of(OnnxModel model) throws IOException {
    long[] bytes = {0};
    Map<String, Double> bounds = new LinkedHashMap<>();
    try {
      TensorMap.forEach(
          model.graph(),
          tensor -> {
            Payload payload = model.payload(tensor);
            if (isCounted(tensor) && payload.bytes() > 0) {
              bytes[0] += payload.bytes();
              bounds.merge(tensor.getName(), bound(tensor, payload), Double::sum);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new SymbolEntropy(bytes[0], bounds);
  }

  /** The bounds of all tensors, in whole bytes each. */
  public long boundBytes() {
    return bounds.values().stream().mapToLong(bound -> (long) Math.ceil(bound)).sum();
  }

  private static boolean isCounted(TensorProto tensor) {
    boolean few =
        switch (ElementType.of(tensor.getDataType())) {
          case INT8, UINT8, INT4, UINT4 -> true;
          default -> false;
        };
    return few && TensorSize.elements(tensor) >= MIN_ELEMENTS;
  }

  private static double bound(TensorProto tensor, Payload payload) {
    boolean nibbles = ElementType.of(tensor.getDataType()).bits() == 4;
    long[] counts = new long[256];
    try {
      payload.read(block -> count(block, nibbles, counts));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (nibbles && TensorSize.elements(tensor) % 2 == 1) {
      counts[0]--; // the last half byte is padding
    }
    return bits(counts) / Byte.SIZE;
  }

  private static void count(ByteBuffer block, boolean nibbles, long[] counts) {
    while (block.hasRemaining()) {
      int symbol = block.get() & 0xFF;
      if (nibbles) {
        counts[symbol & 0xF]++;
        counts[symbol >> 4]++;
      } else {
        counts[symbol]++;
      }
    }
  }

  private static double bits(long[] counts) {
    long all = java.util.Arrays.stream(counts).sum();
    double bits = 0;
    for (long count : counts) {
      if (count > 0) {
        bits += count * Math.log((double) all / count) / Math.log(2);
      }
    }
    return bits;
  }
}
