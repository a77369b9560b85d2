/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.quantize.gram.ShrunkGram;
import dev.sagui.run.Relay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A share of a model's weights becomes zero. Fewer bytes on the wire, once stored in few bits: no
 * kernel of ONNX Runtime skips zeros, so that latency and memory stay.
 *
 * <p>Layers are Conv, ConvTranspose, Gemm, MatMul and recurrent ones of the main graph; tables that
 * rows are looked up in stay, and depthwise convolutions, whose few weights are needed. Memory is
 * that of one layer's weights and second moments, and of one batch.
 */
public final class Sparsification {
  /** Wider layers are pruned by magnitude: their moments are too large. */
  private static final int MOST_COLUMNS = 4096;

  private final OnnxModel model;
  private final Graph graph;
  private final SparsityOptions options;
  private final SparsityData data;
  private final Biases biases;
  private final Map<String, PrunedWeight> done = new LinkedHashMap<>();

  private Sparsification(OnnxModel model, SparsityOptions options, SparsityData data) {
    this.model = model;
    this.graph = new Graph(model);
    this.options = options;
    this.data = data;
    this.biases = new Biases(model, graph);
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
    layers.forEach(layer -> Requests.divides(options.pattern(), layer));
    Map<String, Double> shares = shares(layers);
    layers.forEach(layer -> Requests.leavesSome(options, layer, share(shares, layer)));
    prune(layers, shares, progress);
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

  private Map<String, Double> shares(List<Prunable> layers) throws IOException {
    Map<String, Double> shares = new LinkedHashMap<>();
    layers.forEach(layer -> shares.put(layer.name(), options.ratio()));
    if (options.scope() == Scope.GLOBAL) {
      shares.putAll(GlobalShares.of(model, layers, options.ratio()));
    }
    return shares;
  }

  /** Layer by layer, so that each sees its inputs as the pruned ones before it make them. */
  private void prune(List<Prunable> layers, Map<String, Double> shares, Progress progress)
      throws IOException {
    if (!options.looksAtSamples() || data.samples().isEmpty()) {
      for (Prunable layer : layers) {
        prune(layer, List.of(), share(shares, layer));
      }
      return;
    }
    try (Relay relay = Relay.of(data.samples().get(), data.threads())) {
      int finished = 0;
      Parts parts = Parts.of(graph, layers);
      boolean runs = true;
      for (int i = 0; i < parts.count(); i++) {
        for (Prunable layer : parts.layers(i)) {
          prune(layer, runs ? grams(relay, layer) : List.of(), share(shares, layer));
          progress.at("prune weights", (double) ++finished / layers.size());
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

  /**
   * @param grams one a group, which are taken out so that they are held no longer than needed;
   *     empty where the layer's inputs are not seen
   */
  private void prune(Prunable layer, List<InputGram> grams, double share) throws IOException {
    boolean seen = !grams.isEmpty();
    boolean shifts =
        seen
            && options.repair() != Repair.NONE
            && graph.users(layer.name()).size() == 1
            && biases.canShift(layer.node(), layer.rows().count());
    int groups = layer.rows().count() / layer.rows().perGroup();
    int part = layer.elements() / groups;
    double[] shift = new double[layer.rows().count()];
    float[] rows = new float[0];
    for (int g = 0; g < groups; g++) {
      double[] mean = seen ? grams.get(0).mean() : new double[0];
      LayerPruning pruning = pruning(layer.size(), grams, shifts);
      rows = g == 0 ? layer.rows(TensorValues.floats(model, layer.tensor())) : rows;
      float[] wanted = groups == 1 ? rows : Arrays.copyOfRange(rows, g * part, (g + 1) * part);
      float[] found = pruning.pruned(wanted, share);
      for (int i = 0; shifts && i < part; i++) {
        double lost = (double) wanted[i] - found[i];
        shift[(g * part + i) / layer.size()] += lost * mean[i % layer.size()];
      }
      System.arraycopy(found, 0, rows, g * part, part);
    }
    if (shifts) {
      biases.shift(layer.node(), shift);
    }
    store(layer, rows, seen ? options.criterion() : Criterion.MAGNITUDE);
  }

  private LayerPruning pruning(int size, List<InputGram> grams, boolean shifts) {
    Optional<InputGram> gram =
        grams.isEmpty() ? Optional.empty() : Optional.of(grams.remove(0)).map(ShrunkGram::of);
    return new LayerPruning(size, options, gram.map(g -> shifts ? g.centred() : g));
  }

  private void store(Prunable layer, float[] rows, Criterion criterion) throws IOException {
    long zeros = 0;
    for (float weight : rows) {
      zeros += weight == 0 ? 1 : 0;
    }
    TensorProto pruned = model.attach(layer.tensor(), data.stored(layer.tensor(rows)));
    graph.put(pruned);
    done.put(
        layer.name(), new PrunedWeight(layer.name(), rows.length, zeros, criterion.label(), ""));
  }
}
