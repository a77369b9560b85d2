/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import java.util.Map;

/** The messages of onnx.proto in which tensors lie, with the fields that lead to them. */
enum ProtoShape {
  MODEL,
  GRAPH,
  NODE,
  ATTRIBUTE,
  FUNCTION,
  SPARSE_TENSOR,
  TENSOR;

  private static final Map<ProtoShape, Map<Integer, ProtoShape>> CHILDREN =
      Map.of(
          MODEL, Map.of(7, GRAPH, 25, FUNCTION),
          GRAPH, Map.of(1, NODE, 5, TENSOR, 15, SPARSE_TENSOR),
          NODE, Map.of(5, ATTRIBUTE),
          ATTRIBUTE,
              Map.of(
                  5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE_TENSOR, 23, SPARSE_TENSOR),
          FUNCTION, Map.of(7, NODE),
          SPARSE_TENSOR, Map.of(1, TENSOR, 2, TENSOR),
          TENSOR, Map.of());

  /** The message under a field, or null when no tensors lie below it. */
  @org.jspecify.annotations.Nullable
  ProtoShape child(int field) {
    return CHILDREN.getOrDefault(this, Map.of()).get(field);
  }

  /**
   * Whether the field's bytes are the tensor's little-endian elements: raw_data, and packed
   * float_data and double_data, which have the same bytes.
   */
  boolean isPayload(int field) {
    return this == TENSOR && (field == 9 || field == 4 || field == 10);
  }
}
