/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Parameter;
import dev.sagui.train.Parameters;
import dev.sagui.train.Trainables;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A net as it is before any training. */
final class RandomWeights {
  private RandomWeights() {}

  /** Uniform by the numbers that make up one output (He et al. 2015); biases are zero. */
  static OnnxModel of(OnnxModel net, long seed) {
    Parameters parameters = Parameters.of(Trainables.of(net, name -> true), Map.of());
    ByteBuffer values = parameters.allocate();
    FloatBuffer floats = values.order(ByteOrder.nativeOrder()).asFloatBuffer();
    SplittableRandom random = new SplittableRandom(seed);
    Graph graph = new Graph(net);
    for (Parameter parameter : parameters.all()) {
      List<Long> shape = parameter.shape();
      if (shape.size() > 1) {
        double bound = Math.sqrt(6 / fan(graph, parameter.name(), shape));
        for (int i = 0; i < parameter.size(); i++) {
          floats.put(parameter.offset() + i, (float) (bound * (2 * random.nextDouble() - 1)));
        }
      }
    }
    return parameters.write(net, values);
  }

  private static double fan(Graph graph, String weight, List<Long> shape) {
    Node node = graph.users(weight).get(0);
    double count = shape.stream().reduce(1L, (a, b) -> a * b);
    if (node.is("ConvTranspose")) {
      return count / shape.get(1) / node.integers("strides").stream().reduce(1L, (a, b) -> a * b);
    }
    boolean outputsFirst = node.is("Conv") || node.integer("transB", 0) == 1;
    return count / shape.get(outputsFirst ? 0 : 1);
  }
}
