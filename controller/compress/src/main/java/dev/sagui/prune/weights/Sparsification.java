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

  /** Elements of the moments that one run of the samples fills. */
  private static final long PASS_ELEMENTS = 1 << 22;

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
    int finished = 0;
    for (List<Prunable> pass : passes(layers)) {
      Map<LayerInput, List<InputGram>> grams = grams(pass);
      for (Prunable layer : pass) {
        prune(layer, grams, share(shares, layer));
        progress.at("prune weights", (double) ++finished / layers.size());
      }
    }
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

  private static boolean isSeen(Prunable layer) {
    return layer.input().filter(input -> input.size() <= MOST_COLUMNS).isPresent();
  }

  private List<List<Prunable>> passes(List<Prunable> layers) {
    List<List<Prunable>> passes = new ArrayList<>();
    long held = 0;
    for (Prunable layer : layers) {
      long needed =
          isSeen(layer) && options.looksAtSamples()
              ? (long) layer.rows().count() / layer.rows().perGroup() * layer.size() * layer.size()
              : 0;
      if (passes.isEmpty() || held + needed > PASS_ELEMENTS) {
        passes.add(new ArrayList<>());
        held = 0;
      }
      passes.get(passes.size() - 1).add(layer);
      held += needed;
    }
    return passes;
  }

  private Map<LayerInput, List<InputGram>> grams(List<Prunable> layers) throws IOException {
    List<LayerInput> inputs =
        layers.stream()
            .filter(Sparsification::isSeen)
            .flatMap(layer -> layer.input().stream())
            .toList();
    return inputs.isEmpty() || !options.looksAtSamples() || data.samples().isEmpty()
        ? Map.of()
        : InputGram.of(model, inputs, data.samples().get(), data.threads());
  }

  private void prune(Prunable layer, Map<LayerInput, List<InputGram>> seen, double share)
      throws IOException {
    List<InputGram> grams =
        layer.input().map(input -> seen.getOrDefault(input, List.of())).orElse(List.of());
    if (grams.stream().anyMatch(gram -> gram.count() == 0)) {
      grams = List.of();
    }
    boolean shifts =
        !grams.isEmpty()
            && options.repair() != Repair.NONE
            && graph.users(layer.name()).size() == 1
            && biases.canShift(layer.node(), layer.rows().count());
    float[] rows = layer.rows(TensorValues.floats(model, layer.tensor()));
    double[] shift = new double[layer.rows().count()];
    int groups = layer.rows().count() / layer.rows().perGroup();
    int part = rows.length / groups;
    for (int g = 0; g < groups; g++) {
      float[] wanted = Arrays.copyOfRange(rows, g * part, (g + 1) * part);
      Optional<InputGram> gram = grams.isEmpty() ? Optional.empty() : Optional.of(grams.get(g));
      Optional<InputGram> used = gram.map(ShrunkGram::of).map(m -> shifts ? m.centred() : m);
      float[] found = new LayerPruning(wanted, layer.size(), options, used).pruned(share);
      System.arraycopy(found, 0, rows, g * part, part);
      for (int i = 0; shifts && i < part; i++) {
        double lost = (double) wanted[i] - found[i];
        shift[(g * part + i) / layer.size()] += lost * gram.orElseThrow().mean()[i % layer.size()];
      }
    }
    if (shifts) {
      biases.shift(layer.node(), shift);
    }
    store(layer, rows, grams.isEmpty() ? Criterion.MAGNITUDE : options.criterion());
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
