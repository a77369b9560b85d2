/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.onnx.ValueFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Inputs of models, written as {@code name:INT64:batch,3}. */
public final class Inputs {
  private Inputs() {}

  /** A model that is known by its inputs alone. */
  public static ModelFacts facts(String... inputs) {
    return new ModelFacts(
        8,
        "test",
        Map.of(),
        Map.of(),
        Map.of(),
        Arrays.stream(inputs).map(Inputs::value).toList(),
        List.of(),
        0,
        Map.of(),
        OptionalInt.empty());
  }

  private static ValueFacts value(String text) {
    String[] parts = text.split(":", -1);
    List<Long> shape = new ArrayList<>();
    List<String> symbols = new ArrayList<>();
    for (String dim : parts[2].isEmpty() ? new String[0] : parts[2].split(",", -1)) {
      boolean number = dim.matches("\\d+");
      shape.add(number ? Long.parseLong(dim) : -1);
      symbols.add(number ? "" : dim);
    }
    return new ValueFacts(parts[0], ElementType.valueOf(parts[1]), shape, symbols);
  }

  /** A model file whose first input is handed through to the output y. */
  public static OnnxModel model(Path file, String... inputs) throws IOException {
    List<ValueFacts> values = Arrays.stream(inputs).map(Inputs::value).toList();
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("g")
            .addNode(TestModels.node("Identity", "y", values.get(0).name()))
            .addOutput(info(values.get(0)).toBuilder().setName("y"));
    values.forEach(value -> graph.addInput(info(value)));
    return OnnxModel.open(TestModels.write(TestModels.model(graph), file));
  }

  private static ValueInfoProto info(ValueFacts value) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (int i = 0; i < value.shape().size(); i++) {
      dims.addDim(
          value.shape().get(i) < 0
              ? TensorShapeProto.Dimension.newBuilder().setDimParam(value.symbols().get(i))
              : TensorShapeProto.Dimension.newBuilder().setDimValue(value.shape().get(i)));
    }
    return ValueInfoProto.newBuilder()
        .setName(value.name())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(value.type().number())
                        .setShape(dims)))
        .build();
  }
}
