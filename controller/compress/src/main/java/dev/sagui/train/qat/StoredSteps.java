/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Half;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Where numbers lie, and which ones can: float32 ones, the Cast of binary16 ones, or the Cast of
 * int8 codes times a unit.
 *
 * @param name of the initializer
 * @param unit that a code of 1 stands for
 * @param values as they are now
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record StoredSteps(String name, ElementType type, List<Long> shape, float unit, float[] values) {
  private static final int MOST_CODE = 127;

  /** What makes {@code value}, if it is one of these forms and nothing else reads it. */
  static Optional<StoredSteps> of(OnnxModel model, Graph graph, String value) throws IOException {
    if (graph.users(value).size() != 1) {
      return Optional.empty();
    }
    Optional<TensorProto> plain = graph.constant(value);
    if (plain.isPresent()) {
      return of(model, plain.get(), ElementType.FLOAT, 1);
    }
    Optional<Node> product = graph.producer(value).filter(node -> node.is("Mul"));
    Optional<TensorProto> unit = product.flatMap(node -> graph.constant(node.input(1)));
    String cast = product.map(node -> node.input(0)).orElse(value);
    Optional<TensorProto> stored =
        graph
            .producer(cast)
            .filter(node -> node.is("Cast") && graph.users(node.input(0)).size() == 1)
            .flatMap(node -> graph.constant(node.input(0)));
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    if (product.isEmpty()) {
      return of(model, stored.get(), ElementType.FLOAT16, 1);
    }
    return unit.isPresent() && unit.get().getDimsCount() == 0
        ? of(model, stored.get(), ElementType.INT8, TensorValues.floats(model, unit.get())[0])
        : Optional.empty();
  }

  private static Optional<StoredSteps> of(
      OnnxModel model, TensorProto tensor, ElementType type, float unit) throws IOException {
    if (tensor.getDataType() != type.number()) {
      return Optional.empty();
    }
    double[] read = TensorValues.doubles(model, tensor);
    float[] values = new float[read.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) read[i] * unit;
    }
    return Optional.of(new StoredSteps(tensor.getName(), type, tensor.getDimsList(), unit, values));
  }

  /** The nearest numbers that can be stored. */
  float[] held(float[] wanted) {
    float[] held = new float[wanted.length];
    for (int i = 0; i < held.length; i++) {
      held[i] =
          switch (type) {
            case FLOAT16 -> Half.toFloat(Half.of(wanted[i]));
            case INT8 -> unit * code(wanted[i]);
            default -> wanted[i];
          };
    }
    return held;
  }

  private byte code(float value) {
    return (byte) Math.max(-MOST_CODE, Math.min(MOST_CODE, Math.rint(value / unit)));
  }

  /** As the initializer holds them. */
  ByteString bytes(float[] wanted) {
    ByteBuffer bytes =
        ByteBuffer.allocate(wanted.length * type.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : wanted) {
      switch (type) {
        case FLOAT16 -> bytes.putShort(Half.of(value));
        case INT8 -> bytes.put(code(value));
        default -> bytes.putFloat(value);
      }
    }
    return ByteString.copyFrom(bytes.flip());
  }
}
