/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.calibrate.ChannelStatistics;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Moves each layer's bias by the mean error that quantization brought to its output (Nagel et al.,
 * DFQ, arXiv 1906.04721, section 4.2, measured and not predicted): b += E[y] − E[ŷ] for each
 * channel, where ŷ comes through all that is quantized before, already corrected. Layers that do
 * not feed each other share a pass over the samples.
 */
public final class BiasCorrection {
  /**
   * A layer.
   *
   * @param value its output in the float model
   * @param quantizedValue its output in the quantized model, float32
   * @param bias the initializer of the quantized model that is added to it, float32
   * @param axis of the channels
   */
  public record Target(String value, String quantizedValue, String bias, int axis) {}

  /**
   * What was done to a layer.
   *
   * @param shift the largest change of a bias
   * @param skipped why the layer was left, empty when it was not
   */
  public record Change(Target target, double shift, String skipped) {}

  /** The corrected model, and what was changed in it. */
  public record Outcome(OnnxModel model, List<Change> changes) {
    public Outcome {
      changes = List.copyOf(changes);
    }
  }

  private final Samples samples;
  private final int threads;
  private final List<Change> changes = new ArrayList<>();

  private BiasCorrection(Samples samples, int threads) {
    this.samples = samples;
    this.threads = threads;
  }

  /**
   * @param model the float model
   * @param quantized the same, quantized in any way
   * @throws IOException the disk failed or is full
   */
  public static Outcome apply(
      OnnxModel model, OnnxModel quantized, List<Target> targets, Samples samples, int threads)
      throws IOException {
    BiasCorrection correction = new BiasCorrection(samples, threads);
    Map<String, Integer> axes = new LinkedHashMap<>();
    targets.forEach(target -> axes.put(target.value(), target.axis()));
    Map<String, ChannelStatistics> wanted =
        targets.isEmpty() ? Map.of() : ChannelStatistics.collect(model, axes, samples, threads);
    OnnxModel corrected = quantized;
    for (List<Target> level : levels(quantized, targets)) {
      corrected = correction.correct(corrected, level, wanted);
    }
    return new Outcome(corrected, correction.changes);
  }

  /** Targets by how many others lie on the longest way to them. */
  private static List<List<Target>> levels(OnnxModel quantized, List<Target> targets) {
    Map<String, Target> byValue = new HashMap<>();
    targets.forEach(target -> byValue.put(target.quantizedValue(), target));
    Map<String, Integer> depths = new HashMap<>();
    Map<Integer, List<Target>> levels = new TreeMap<>();
    for (NodeProto node : new Graph(quantized).build().getNodeList()) {
      int depth =
          node.getInputList().stream().mapToInt(i -> depths.getOrDefault(i, 0)).max().orElse(0);
      for (String output : node.getOutputList()) {
        Target target = byValue.get(output);
        depths.put(output, target == null ? depth : depth + 1);
        if (target != null) {
          levels.computeIfAbsent(depth, d -> new ArrayList<>()).add(target);
        }
      }
    }
    return List.copyOf(levels.values());
  }

  private OnnxModel correct(
      OnnxModel quantized, List<Target> level, Map<String, ChannelStatistics> wanted)
      throws IOException {
    Map<String, Integer> axes = new LinkedHashMap<>();
    level.forEach(target -> axes.put(target.quantizedValue(), target.axis()));
    Map<String, ChannelStatistics> found =
        ChannelStatistics.collect(quantized, axes, samples, threads);
    Graph graph = new Graph(quantized);
    for (Target target : level) {
      ChannelStatistics before = wanted.get(target.value());
      ChannelStatistics after = found.get(target.quantizedValue());
      changes.add(
          before == null || after == null
              ? new Change(target, 0, "its output is not float32 with fixed channels")
              : shift(quantized, graph, target, before.means(), after.means()));
    }
    return quantized.with(quantized.proto().toBuilder().setGraph(graph.build()).build());
  }

  private static Change shift(
      OnnxModel model, Graph graph, Target target, double[] wanted, double[] found)
      throws IOException {
    Optional<TensorProto> bias =
        graph
            .constant(target.bias())
            .filter(b -> b.getDataType() == ElementType.FLOAT.number())
            .filter(b -> b.getDimsList().stream().reduce(1L, (a, d) -> a * d) == wanted.length);
    if (bias.isEmpty() || found.length != wanted.length) {
      return new Change(target, 0, "its bias is no float32 constant with a value a channel");
    }
    if (graph.users(target.bias()).size() != 1 && owner(graph, target).isEmpty()) {
      return new Change(target, 0, "its bias is shared, and it does not use it itself");
    }
    double[] values = TensorValues.doubles(model, bias.get());
    double most = 0;
    for (int c = 0; c < values.length; c++) {
      double shift = wanted[c] - found[c];
      if (Double.isFinite(shift)) {
        values[c] += shift;
        most = Math.max(most, Math.abs(shift));
      }
    }
    put(graph, target, TensorValues.floats(bias.get().getDimsList(), values));
    return new Change(target, most, "");
  }

  /** In place, or as a copy of its own where other layers use the bias too. */
  private static void put(Graph graph, Target target, TensorProto bias) {
    Optional<Node> owner = owner(graph, target);
    if (graph.users(target.bias()).size() == 1 || owner.isEmpty()) {
      graph.put(bias.toBuilder().setName(target.bias()).build());
      return;
    }
    String copy = graph.addConstant(target.bias(), bias);
    NodeProto.Builder node = owner.get().proto().toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (node.getInput(i).equals(target.bias())) {
        node.setInput(i, copy);
      }
    }
    graph.set(owner.get(), node.build());
  }

  /** The node that gives the value, if it uses the bias itself. */
  private static Optional<Node> owner(Graph graph, Target target) {
    return graph
        .producer(target.quantizedValue())
        .filter(node -> node.inputs().contains(target.bias()));
  }
}
