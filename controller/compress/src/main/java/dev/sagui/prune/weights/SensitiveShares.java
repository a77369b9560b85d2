/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.Fidelity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What share each layer loses so that outputs suffer least at a given share of all: each layer is
 * pruned alone at several shares and the error at the outputs measured, and the sum of the layers'
 * errors made least.
 */
final class SensitiveShares {
  /** Of what a uniform share would leave: so much is left in each trial. */
  private static final double[] LEFT = {0.25, 0.4, 0.63, 1, 1.6, 2.5};

  private final OnnxModel model;
  private final SparsityOptions options;
  private final SparsityData data;
  private final Fidelity fidelity;
  private final Map<String, List<SharePlan.Point>> curves = new LinkedHashMap<>();

  private SensitiveShares(OnnxModel model, SparsityOptions options, SparsityData data)
      throws IOException {
    this.model = model;
    this.options = options;
    this.data = data;
    this.fidelity = new Fidelity(model, data.samples().orElseThrow(), data.threads());
  }

  /**
   * Runs the model once for each layer and share, on the first samples.
   *
   * @param graph of the model, with the layers' nodes; left as it is
   */
  static Map<String, Double> of(
      OnnxModel model,
      Graph graph,
      List<Prunable> layers,
      SparsityOptions options,
      SparsityData data,
      Progress progress)
      throws IOException {
    SensitiveShares shares = new SensitiveShares(model, options, data);
    new LayerWalk(model, graph, options, data)
        .through(layers, shares::measure, progress, "measure layers");
    Map<String, Integer> sizes = new LinkedHashMap<>();
    layers.forEach(layer -> sizes.put(layer.name(), layer.elements()));
    return SharePlan.of(shares.curves, sizes, options.ratio());
  }

  private void measure(Prunable layer, LayerJob job) throws IOException {
    List<SharePlan.Point> curve = new ArrayList<>();
    for (double left : LEFT) {
      double kept = (1 - options.ratio()) * left;
      if (kept < 1 && !Requests.empties(options.pattern(), layer, 1 - kept)) {
        curve.add(new SharePlan.Point(kept, error(layer, job.at(1 - kept))));
      }
    }
    curve.add(new SharePlan.Point(1, 0));
    curves.put(layer.name(), curve);
  }

  private double error(Prunable layer, LayerJob.Result result) throws IOException {
    Graph graph = new Graph(model);
    for (Prunable copy : Prunable.of(graph)) {
      if (copy.name().equals(layer.name())) {
        LayerEdit.apply(model, graph, data, copy, result);
      }
    }
    return fidelity.error(model.with(model.proto().toBuilder().setGraph(graph.build()).build()));
  }
}
