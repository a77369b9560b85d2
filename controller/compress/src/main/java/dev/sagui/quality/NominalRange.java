/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.OnnxModel;
import java.util.Optional;
import java.util.Set;

/**
 * The range that a model's output is meant to have: 0..1, −1..1 or 0..255.
 *
 * @param low of the range
 * @param high of the range
 */
public record NominalRange(double low, double high) {
  private static final Set<String> PASS_THROUGH =
      Set.of("Reshape", "Transpose", "Identity", "Squeeze", "Unsqueeze", "Flatten", "DepthToSpace");

  /** The PSNR peak. */
  public double peak() {
    return high - low;
  }

  /** By the activation that ends the graph: Sigmoid or Tanh. */
  static Optional<NominalRange> byGraph(OnnxModel model) {
    GraphProto graph = model.graph();
    String name = graph.getOutputCount() == 0 ? "" : graph.getOutput(0).getName();
    for (int steps = 0; steps < graph.getNodeCount(); steps++) {
      Optional<NodeProto> producer = producer(graph, name);
      if (producer.isEmpty() || !PASS_THROUGH.contains(producer.get().getOpType())) {
        return producer.flatMap(node -> byActivation(node.getOpType()));
      }
      name = producer.get().getInput(0);
    }
    return Optional.empty();
  }

  private static Optional<NodeProto> producer(GraphProto graph, String name) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOutputList().contains(name))
        .findFirst();
  }

  private static Optional<NominalRange> byActivation(String operator) {
    return switch (operator) {
      case "Sigmoid", "Softmax", "HardSigmoid" -> Optional.of(new NominalRange(0, 1));
      case "Tanh" -> Optional.of(new NominalRange(-1, 1));
      default -> Optional.empty();
    };
  }

  /** By the activation that ends the graph, else by values of its first output. */
  public static NominalRange of(OnnxModel model, float[] values) {
    return byGraph(model).orElseGet(() -> of(values));
  }

  /** By values seen: the smallest nominal range that holds them, or the range itself. */
  static NominalRange byValues(double low, double high) {
    if (low >= -1.1 && high <= 1.1) {
      return low >= -0.1 ? new NominalRange(0, 1) : new NominalRange(-1, 1);
    }
    if (low >= -64 && high > 16 && high <= 320) {
      return new NominalRange(0, 255);
    }
    return new NominalRange(low, Math.max(high, low + Float.MIN_NORMAL));
  }

  /** By the smallest and largest of some values. */
  static NominalRange of(float[] values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return Double.isFinite(high - low) ? byValues(low, high) : new NominalRange(0, 1);
  }
}
