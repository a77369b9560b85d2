/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.InferredTypes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a pass works on.
 *
 * @param model whose tensors the graph names
 * @param lazyTypes inferred when a pass asks for the first time
 * @param scratch where computed weights lie until the model is written
 */
record Bench(OnnxModel model, Graph graph, LazyTypes lazyTypes, Scratch scratch) {
  /** Of the original's values; those that a pass made are not known. */
  InferredTypes types() {
    return lazyTypes.get();
  }

  /** A small float32 constant. */
  Optional<double[]> floats(String value) throws IOException {
    Optional<TensorProto> tensor =
        graph.constant(value).filter(t -> t.getDataType() == ElementType.FLOAT.number());
    return tensor.isPresent()
        ? Optional.of(TensorValues.doubles(model, tensor.get()))
        : Optional.empty();
  }

  /** A small integer constant. */
  Optional<long[]> integers(String value) throws IOException {
    Optional<TensorProto> tensor = graph.constant(value);
    return tensor.isPresent()
        ? Optional.of(TensorValues.longs(model, tensor.get()))
        : Optional.empty();
  }

  /** The dimensions of a constant. */
  Optional<List<Long>> dims(String constant) {
    return graph.constant(constant).map(TensorProto::getDimsList);
  }
}
