/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Divides the channels of an activation, where its layers multiply their weights' inputs. */
public final class InputScaling {
  private InputScaling() {}

  /** The name of the divided value: a Mul of its own. */
  public static String divided(Graph graph, String activation, double[] factors) {
    double[] inverse = new double[factors.length];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / factors[i];
    }
    String by =
        graph.addConstant(
            activation + "_smooth", TensorValues.floats(List.of((long) inverse.length), inverse));
    String smooth = graph.freshName(activation + "_smoothed");
    graph.add(Nodes.node("", "Mul", List.of(activation, by), smooth).build());
    return smooth;
  }

  /**
   * Divides in the LayerNormalization that gives the activation, if nothing but these layers takes
   * it.
   *
   * @return whether it could be done
   */
  public static boolean fold(
      OnnxModel model, Graph graph, String activation, List<WeightGroup> users, double[] factors)
      throws IOException {
    Optional<Node> norm = graph.producer(activation).filter(n -> n.is("LayerNormalization"));
    if (norm.isEmpty() || graph.isOutput(activation) || !isOnlyTakenBy(graph, activation, users)) {
      return false;
    }
    NodeProto.Builder replaced = norm.get().proto().toBuilder();
    for (int input = 1; input < replaced.getInputCount(); input++) {
      Optional<TensorProto> constant = graph.constant(replaced.getInput(input));
      if (constant.isEmpty() || constant.get().getDims(0) != factors.length) {
        return false;
      }
      float[] values = TensorValues.floats(model, constant.get());
      double[] scaled = new double[values.length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = values[i] / factors[i];
      }
      replaced.setInput(
          input,
          graph.addConstant(
              constant.get().getName() + "_divided",
              TensorValues.floats(constant.get().getDimsList(), scaled)));
    }
    graph.set(norm.get(), replaced.build());
    return true;
  }

  private static boolean isOnlyTakenBy(Graph graph, String activation, List<WeightGroup> users) {
    Set<Node> layers = new HashSet<>();
    users.forEach(group -> group.layers().forEach(layer -> layers.add(layer.node())));
    return layers.containsAll(graph.users(activation));
  }
}
