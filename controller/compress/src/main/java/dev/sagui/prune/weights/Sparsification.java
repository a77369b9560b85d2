/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A share of a model's weights becomes zero. Fewer bytes on the wire, once stored in few bits: no
 * kernel of ONNX Runtime skips zeros, so that latency and memory stay.
 *
 * <p>Layers are Conv, ConvTranspose, Gemm, MatMul and recurrent ones of the main graph; tables that
 * rows are looked up in stay, and depthwise convolutions, whose few weights are needed. Memory is
 * that of one layer's weights and second moments, and of one batch.
 */
public final class Sparsification {
  private final OnnxModel model;
  private final Graph graph;
  private final SparsityOptions options;
  private final SparsityData data;
  private final Map<String, PrunedWeight> done = new LinkedHashMap<>();

  private Sparsification(OnnxModel model, SparsityOptions options, SparsityData data) {
    this.model = model;
    this.graph = new Graph(model);
    this.options = options;
    this.data = data;
  }

  /**
   * @throws RejectedException BAD_REQUEST for a share that leaves a layer empty, for a pattern that
   *     does not divide a layer, and for names in {@link SparsityOptions#except} that are none; as
   *     {@link dev.sagui.run.Taps#forEach}
   */
  public static SparseModel apply(
      OnnxModel model, SparsityOptions options, SparsityData data, Progress progress)
      throws IOException {
    return options.ratio() == 0
        ? new SparseModel(model, List.of())
        : new Sparsification(model, options, data).apply(progress);
  }

  private SparseModel apply(Progress progress) throws IOException {
    List<Prunable> all = Prunable.of(graph);
    Requests.known(options.except(), all);
    List<Prunable> layers = new ArrayList<>();
    for (Prunable layer : all) {
      String obstacle = obstacle(layer);
      if (obstacle.isEmpty()) {
        layers.add(layer);
      }
      done.put(layer.name(), new PrunedWeight(layer.name(), layer.elements(), 0, "", obstacle));
    }
    Requests.leavesShares(options);
    layers.forEach(layer -> Requests.divides(options.pattern(), layer));
    Map<String, Double> shares = shares(layers, progress);
    layers.forEach(layer -> Requests.leavesSome(options, layer, share(shares, layer)));
    new LayerWalk(model, graph, options, data)
        .through(
            layers,
            (layer, job) -> prune(layer, job, share(shares, layer)),
            progress,
            "prune weights");
    OnnxModel pruned = model.with(model.proto().toBuilder().setGraph(graph.build()).build());
    return new SparseModel(pruned, List.copyOf(done.values()));
  }

  private String obstacle(Prunable layer) throws IOException {
    if (options.except().contains(layer.name())) {
      return "the recipe leaves it out";
    }
    if (layer.table()) {
      return "rows of it are looked up, and nothing makes up for lost ones";
    }
    if (layer.depthwise()) {
      return "depthwise, a channel's few weights are all it has";
    }
    if (layer.input().isEmpty() && options.pattern().kind() != Pattern.Kind.SINGLE) {
      return "its outputs cannot be told from its inputs";
    }
    boolean[] finite = {true};
    model
        .payload(layer.tensor())
        .read(
            block -> {
              for (var floats = block.asFloatBuffer(); floats.hasRemaining(); ) {
                finite[0] &= Float.isFinite(floats.get());
              }
            });
    return finite[0] ? "" : "it holds values that are not finite";
  }

  private static double share(Map<String, Double> shares, Prunable layer) {
    return shares.getOrDefault(layer.name(), 0.0);
  }

  private Map<String, Double> shares(List<Prunable> layers, Progress progress) throws IOException {
    return switch (options.scope()) {
      case GLOBAL -> GlobalShares.of(model, layers, options.ratio());
      case SENSITIVITY -> SensitiveShares.of(model, graph, layers, options, data, progress);
      case LAYER -> {
        Map<String, Double> shares = new LinkedHashMap<>();
        layers.forEach(layer -> shares.put(layer.name(), options.ratio()));
        yield shares;
      }
    };
  }

  private void prune(Prunable layer, LayerJob job, double share) throws IOException {
    LayerJob.Result result = job.at(share);
    LayerEdit.apply(model, graph, data, layer, result);
    long zeros = 0;
    for (float weight : result.rows()) {
      zeros += weight == 0 ? 1 : 0;
    }
    done.put(
        layer.name(),
        new PrunedWeight(layer.name(), layer.elements(), zeros, result.criterion().label(), ""));
  }
}
