/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An input or output of a model.
 *
 * @param shape -1 for a dimension that is not fixed
 * @param symbols the name of each dimension, empty where it has none
 */
public record ValueFacts(String name, ElementType type, List<Long> shape, List<String> symbols) {
  public ValueFacts {
    shape = List.copyOf(shape);
    symbols = List.copyOf(symbols);
  }

  /** The shape for people and reports: numbers, symbols, and -1 for what has neither. */
  public List<Object> display() {
    return IntStream.range(0, shape.size())
        .mapToObj(
            i ->
                shape.get(i) < 0 && !symbols.get(i).isEmpty()
                    ? (Object) symbols.get(i)
                    : shape.get(i))
        .toList();
  }

  /**
   * As a manifest names it.
   *
   * @throws RejectedException UNSUPPORTED_MODEL for element types that are not served
   */
  public TensorInfo tensorInfo() {
    return new TensorInfo(
        name,
        type.served()
            .orElseThrow(
                () ->
                    new RejectedException(
                        FailureCode.UNSUPPORTED_MODEL,
                        "'%s' has elements of type %s, which cannot be served"
                            .formatted(name, type))),
        shape);
  }
}
