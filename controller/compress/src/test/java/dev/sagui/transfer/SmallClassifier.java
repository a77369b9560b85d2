/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** A convolutional classifier of pictures 28 x 28 with He's random weights (2015). */
final class SmallClassifier {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("classifier");
  private final SplittableRandom random = new SplittableRandom(11);

  private SmallClassifier() {}

  /** `image` [N, 1, 28, 28] to `scores` [N, classes]. */
  static Path write(Path file, int classes) throws IOException {
    return Files.write(file, new SmallClassifier().model(classes).toByteArray());
  }

  private ModelProto model(int classes) {
    conv("a", "image", 8, 1, 3, 2);
    conv("b", "a", 16, 8, 3, 2);
    conv("c", "b", 16, 16, 1, 1);
    add(NodeBuilder.of("Flatten").inputs("c").output("flat").build());
    dense("hidden", "flat", 784, 32);
    add(NodeBuilder.of("Relu").inputs("hidden").output("features").build());
    dense("scores", "features", 32, classes);
    graph.addInput(value("image", 1, 28, 28)).addOutput(value("scores", classes));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  private void add(NodeProto node) {
    graph.addNode(node);
  }

  private void conv(String name, String x, long out, long in, long side, long stride) {
    weights(name + ".weight", List.of(out, in, side, side), in * side * side);
    weights(name + ".bias", List.of(out), 0);
    add(
        NodeBuilder.of("Conv")
            .inputs(x, name + ".weight", name + ".bias")
            .with("strides", stride, stride)
            .with("pads", side / 2, side / 2, side / 2, side / 2)
            .output(name + "/linear")
            .build());
    add(NodeBuilder.of("Relu").inputs(name + "/linear").output(name).build());
  }

  private void dense(String name, String x, long in, long out) {
    weights(name + ".weight", List.of(out, in), in);
    weights(name + ".bias", List.of(out), 0);
    add(
        NodeBuilder.of("Gemm")
            .inputs(x, name + ".weight", name + ".bias")
            .with("transB", 1)
            .output(name)
            .build());
  }

  private void weights(String name, List<Long> dims, long fanIn) {
    double[] values = new double[(int) dims.stream().reduce(1L, (a, b) -> a * b).longValue()];
    for (int i = 0; i < values.length && fanIn > 0; i++) {
      values[i] = Math.sqrt(2.0 / fanIn) * random.nextGaussian();
    }
    graph.addInitializer(TensorValues.floats(dims, values).toBuilder().setName(name));
  }

  private static ValueInfoProto value(String name, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }
}
