/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A layer that can be repaired.
 *
 * @param weights in the order of the tensor
 * @param biasName empty when it has none
 * @param bias per output; none when it has none
 */
@SuppressWarnings("ArrayRecordComponent")
record Layer(LayerMap map, float[] weights, String biasName, float[] bias, Target target) {
  /** Larger matrices of moments are not made. */
  private static final int MOST_INPUTS = 4096;

  /** In the order of the graph. */
  static List<Layer> of(DependencyGraph dependencies) throws IOException {
    List<Layer> layers = new ArrayList<>();
    Graph graph = dependencies.graph();
    var order = graph.nodes();
    for (Consumer consumer : dependencies.consumers()) {
      TensorProto weight = graph.constant(consumer.weight()).orElseThrow();
      Optional<LayerMap> map = LayerMap.of(consumer, weight).filter(m -> isSmall(m));
      boolean single =
          weight.getDataType() == ElementType.FLOAT.number()
              && graph.users(consumer.weight()).size() == 1
              && isPlain(graph, consumer);
      if (map.isPresent() && single) {
        float[] values = TensorValues.floats(dependencies.model(), weight);
        String bias = consumer.node().is("MatMul") ? "" : consumer.node().input(2);
        float[] added =
            bias.isEmpty()
                ? new float[0]
                : TensorValues.floats(dependencies.model(), graph.constant(bias).orElseThrow());
        Target target = Target.of(dependencies, consumer.node(), order);
        layers.add(new Layer(map.get(), values, bias, added, target));
      }
    }
    return layers;
  }

  private static boolean isSmall(LayerMap map) {
    return map.parts().stream().allMatch(p -> map.channels() * p.taps().size() <= MOST_INPUTS);
  }

  /** Whether the bias is a constant vector of its own, added as it is. */
  private static boolean isPlain(Graph graph, Consumer consumer) {
    if (consumer.node().is("MatMul")) {
      return true;
    }
    String bias = consumer.node().input(2);
    boolean scaled =
        consumer.node().number("alpha", 1) != 1 || consumer.node().number("beta", 1) != 1;
    return !scaled
        && (bias.isEmpty()
            || (graph.users(bias).size() == 1 && isVector(graph, bias, outputs(graph, consumer))));
  }

  private static boolean isVector(Graph graph, String bias, long length) {
    return graph
        .constant(bias)
        .filter(b -> b.getDimsCount() == 1 && b.getDims(0) == length)
        .isPresent();
  }

  private static long outputs(Graph graph, Consumer consumer) {
    return graph.constant(consumer.weight()).orElseThrow().getDims(consumer.outputAxis());
  }

  boolean hasBias() {
    return !biasName.isEmpty();
  }

  /** The weights of a part, [channel · taps, outputs]. */
  double[][] matrix(int part) {
    return matrix(map, weights, part);
  }

  static double[][] matrix(LayerMap map, float[] weights, int part) {
    List<Integer> taps = map.parts().get(part).taps();
    double[][] matrix = new double[map.channels() * taps.size()][map.outputs()];
    for (int c = 0; c < map.channels(); c++) {
      for (int t = 0; t < taps.size(); t++) {
        for (int o = 0; o < map.outputs(); o++) {
          matrix[c * taps.size() + t][o] = weights[map.element(c, o, taps.get(t))];
        }
      }
    }
    return matrix;
  }

  /** Puts the weights of a part where the tensor has them. */
  static void put(LayerMap map, double[][] matrix, int part, float[] weights) {
    List<Integer> taps = map.parts().get(part).taps();
    for (int c = 0; c < map.channels(); c++) {
      for (int t = 0; t < taps.size(); t++) {
        for (int o = 0; o < map.outputs(); o++) {
          weights[map.element(c, o, taps.get(t))] = (float) matrix[c * taps.size() + t][o];
        }
      }
    }
  }
}
