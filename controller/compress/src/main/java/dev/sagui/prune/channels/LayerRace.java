/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** Times one layer alone, as it is and written otherwise. */
final class LayerRace {
  private static final double SECONDS = 0.15;

  private final OnnxModel model;
  private final int threads;

  LayerRace(OnnxModel model, int threads) {
    this.model = model;
    this.threads = threads;
  }

  /**
   * @param shape of the layer's input
   * @param rewrite of the layer's node in a graph that has nothing else
   * @return time after to time before
   */
  double ratio(Node layer, List<Long> shape, BiConsumer<Graph, Node> rewrite) throws IOException {
    OnnxModel alone = alone(layer, shape);
    Graph graph = new Graph(alone);
    rewrite.accept(graph, graph.producer(layer.output(0)).orElseThrow());
    OnnxModel other = alone.with(alone.proto().toBuilder().setGraph(graph.build()).build());
    try (OrtModel a = OrtModel.open(alone, threads, false);
        OrtModel b = OrtModel.open(other, threads, false)) {
      List<Latency> race = LatencyRace.run(List.of(a, b), List.of(input(layer, shape)), SECONDS);
      return race.get(1).p10Millis() / race.get(0).p10Millis();
    }
  }

  private OnnxModel alone(Node layer, List<Long> shape) {
    Graph graph = new Graph(model);
    GraphProto.Builder alone =
        GraphProto.newBuilder()
            .setName("layer")
            .addNode(layer.proto())
            .addInput(value(layer.input(0), shape))
            .addOutput(value(layer.output(0), List.of()));
    for (String name : layer.inputs()) {
      graph.constant(name).ifPresent(alone::addInitializer);
    }
    return model.with(model.proto().toBuilder().setGraph(alone).clearFunctions().build());
  }

  private static ValueInfoProto value(String name, List<Long> shape) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number());
    if (!shape.isEmpty()) {
      shape.forEach(length -> type.getShapeBuilder().addDimBuilder().setDimValue(length));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  private static Tensor input(Node layer, List<Long> shape) {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(layer.input(0), values, shape.stream().mapToLong(Long::longValue).toArray());
  }
}
