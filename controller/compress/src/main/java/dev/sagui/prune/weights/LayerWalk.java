/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.run.Relay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes each layer of a graph in turn, with the moments of its inputs as the layers before it make
 * them by then.
 */
final class LayerWalk {
  /** Wider layers are pruned by magnitude: their moments are too large. */
  private static final int MOST_COLUMNS = 4096;

  private final OnnxModel model;
  private final Graph graph;
  private final SparsityOptions options;
  private final SparsityData data;
  private final Biases biases;

  /** What is done with a layer; it may change the graph's constants. */
  @FunctionalInterface
  interface Visit {
    void at(Prunable layer, LayerJob job) throws IOException;
  }

  LayerWalk(OnnxModel model, Graph graph, SparsityOptions options, SparsityData data) {
    this.model = model;
    this.graph = graph;
    this.options = options;
    this.data = data;
    this.biases = new Biases(model, graph);
  }

  void through(List<Prunable> layers, Visit visit, Progress progress, String what)
      throws IOException {
    if (!options.looksAtInputs() || data.samples().isEmpty()) {
      for (Prunable layer : layers) {
        visit.at(layer, job(layer, List.of()));
      }
      return;
    }
    try (Relay relay = Relay.of(data.samples().get(), data.threads())) {
      int finished = 0;
      Parts parts = Parts.of(graph, layers);
      boolean runs = true;
      for (int i = 0; i < parts.count(); i++) {
        for (Prunable layer : parts.layers(i)) {
          visit.at(layer, job(layer, runs ? grams(relay, layer) : List.of()));
          progress.at(what, (double) ++finished / layers.size());
        }
        runs = runs && runs(relay, parts, i);
      }
    }
  }

  /** False where values between parts are no tensors: magnitudes decide from there on. */
  private boolean runs(Relay relay, Parts parts, int part) throws IOException {
    try {
      relay.run(model, graph, parts.nodes(part), parts.needed(part));
      return true;
    } catch (RejectedException e) {
      return false;
    }
  }

  private static List<InputGram> grams(Relay relay, Prunable layer) throws IOException {
    Optional<LayerInput> input = layer.input().filter(in -> in.size() <= MOST_COLUMNS);
    if (input.isEmpty() || !relay.has(input.get().input())) {
      return List.of();
    }
    List<InputGram> grams =
        InputGram.of(input.get(), each -> relay.forEach(input.get().input(), each));
    return grams.stream().anyMatch(gram -> gram.count() == 0) ? List.of() : new ArrayList<>(grams);
  }

  private LayerJob job(Prunable layer, List<InputGram> grams) throws IOException {
    boolean bias =
        graph.users(layer.name()).size() == 1
            && biases.canShift(layer.node(), layer.rows().count());
    return LayerJob.of(model, layer, bias, options, grams);
  }
}
