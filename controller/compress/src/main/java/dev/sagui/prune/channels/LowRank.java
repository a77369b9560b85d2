/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.Fidelity;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.run.GramProduct;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes layers as two of low rank, without training: products and convolutions by what their
 * outputs do on the data, convolutions also as one down and one along. Ranks by what they do to the
 * outputs of the model for the multiplications that they save; a layer that is not faster so, timed
 * alone, stays.
 */
public final class LowRank {
  /** Of the time of a layer: less is not told from noise. */
  private static final double FASTER = 0.97;

  /** Of the multiplications of the model: smaller layers stay. */
  private static final double LEAST_WORK = 0.004;

  private static final int LARGEST = 1024;
  private static final long GRAM_BYTES = 256_000_000;

  private final OnnxModel model;
  private final Progress progress;
  private final DependencyGraph dependencies;
  private final Fidelity fidelity;
  private final Observed observed;
  private final LayerRace race;
  private final int batch;
  private final Map<String, Double> macs = new HashMap<>();
  private final Map<String, String> left = new LinkedHashMap<>();

  private LowRank(
      OnnxModel model, Samples samples, GramProduct product, int threads, Progress progress)
      throws IOException {
    this.model = model;
    this.progress = progress;
    List<Tensor> inputs = samples.first(2);
    Map<String, List<Long>> shapes = RunShapes.of(model, inputs, threads);
    this.dependencies = DependencyGraph.of(model, shapes);
    this.batch = RunShapes.batch(inputs);
    this.fidelity = new Fidelity(model, samples.forJudging(), threads);
    this.observed = new Observed(product, samples.forCalibration(), threads, shapes, batch);
    this.race = new LayerRace(model, threads);
    LayerWork.of(dependencies, List.of())
        .forEach(work -> macs.put(work.node().output(0), work.macs(new int[0])));
  }

  /**
   * @param model cleaned up, float32
   * @param share of the multiplications that goes, in 0..1
   * @throws RejectedException UNSUPPORTED_MODEL when no layer can be written so; BAD_REQUEST when
   *     so much cannot go
   */
  public static LowRankModel apply(
      OnnxModel model, double share, Samples samples, int threads, Progress progress)
      throws IOException {
    try (GramProduct product = GramProduct.open(threads)) {
      return new LowRank(model, samples, product, threads, progress).apply(share);
    }
  }

  private LowRankModel apply(double share) throws IOException {
    List<RankCurve> curves = curves();
    if (curves.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "no layer can be written as two of low rank: expected products or convolutions with"
              + " constant weights of their own, of which one has 16 inputs and outputs or more");
    }
    double all = macs.values().stream().mapToDouble(m -> m).sum();
    double least = all - curves.stream().mapToDouble(RankCurve::mostSaved).sum();
    if (least > (1 - share) * all) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "prune: expected a share of the work that low rank can save, %.2f stays whatever the ranks"
              .formatted(least / all));
    }
    Map<RankCurve, Double> times = new LinkedHashMap<>();
    allot(curves, share * all);
    while (!slow(curves, times).isEmpty()) {
      allot(curves, share * all);
    }
    return result(curves, times, (long) all);
  }

  private List<RankCurve> curves() throws IOException {
    double all = macs.values().stream().mapToDouble(m -> m).sum();
    List<Layer> layers =
        Layer.of(dependencies).stream()
            .filter(layer -> !layer.map().isTransposed() && isLarge(layer.map()))
            .filter(layer -> macs(layer) > LEAST_WORK * all)
            .toList();
    List<RankCurve> curves = new ArrayList<>();
    for (int from = 0; from < layers.size(); ) {
      int to = from + 1;
      long bytes = bytes(layers.get(from));
      while (to < layers.size() && bytes + bytes(layers.get(to)) < GRAM_BYTES) {
        bytes += bytes(layers.get(to++));
      }
      Map<Layer, List<InputGram>> grams = observed.grams(model, layers.subList(from, to));
      for (Layer layer : layers.subList(from, to)) {
        curve(layer, grams.getOrDefault(layer, List.of()).get(0), curves);
        progress.at("prune", 0.8 * (from + curves.size()) / (2 * layers.size()));
      }
      from = to;
    }
    return curves;
  }

  private void curve(Layer layer, InputGram gram, List<RankCurve> curves) throws IOException {
    List<Factoring> ways = new ArrayList<>(List.of(OutputFactoring.of(layer, gram)));
    LayerMap map = layer.map();
    if (map.kernel().get(0) > 1
        && map.kernel().get(1) > 1
        && map.channels() * map.kernel().get(0) <= LARGEST) {
      ways.add(SpatialFactoring.of(layer, gram, wider(layer)));
    }
    Optional<RankCurve> curve = RankCurve.of(layer, ways, macs(layer));
    if (curve.isPresent()) {
      curve.get().scale(fidelity.error(factored(List.of(curve.get()), RankCurve::middle)));
      curves.add(curve.get());
    }
  }

  private double wider(Layer layer) {
    List<Long> in = dependencies.shape(layer.map().consumer().input());
    List<Long> out = dependencies.shape(layer.map().consumer().output());
    return (double) in.get(in.size() - 1) / out.get(out.size() - 1);
  }

  private static boolean isLarge(LayerMap map) {
    int inputs = map.channels() * map.kernelSize();
    int small = Math.min(inputs, map.outputs());
    return small >= 16 && small <= LARGEST;
  }

  private static long bytes(Layer layer) {
    long size = (long) layer.map().channels() * layer.map().kernelSize();
    return 3 * Double.BYTES * size * size;
  }

  private double macs(Layer layer) {
    return macs.getOrDefault(layer.map().consumer().output(), 0.0);
  }

  /** Lower ranks, each time where the outputs lose least for what is saved, until enough is. */
  private static void allot(List<RankCurve> curves, double wanted) {
    curves.forEach(RankCurve::reset);
    double saved = 0;
    Optional<RankCurve> next = cheapest(curves);
    while (saved < wanted && next.isPresent()) {
      saved += next.get().advance();
      next = cheapest(curves);
    }
  }

  private static Optional<RankCurve> cheapest(List<RankCurve> curves) {
    return curves.stream()
        .filter(RankCurve::hasNext)
        .min(Comparator.comparingDouble(RankCurve::price));
  }

  /** Takes out those that are not faster alone. */
  private List<RankCurve> slow(List<RankCurve> curves, Map<RankCurve, Double> times)
      throws IOException {
    List<RankCurve> slow = new ArrayList<>();
    times.clear();
    for (RankCurve curve : curves) {
      if (curve.isFactored()) {
        double ratio = curve.time(this::time);
        times.put(curve, ratio);
        if (ratio > FASTER) {
          slow.add(curve);
          left.put(
              curve.layer().map().consumer().node().toString(),
              "%s of rank %d runs at %.2f x its time"
                  .formatted(curve.now().way().label(), curve.now().rank(), ratio));
        }
      }
    }
    curves.removeAll(slow);
    return slow;
  }

  private double time(RankCurve curve) throws IOException {
    Node node = curve.layer().map().consumer().node();
    List<Long> shape = new ArrayList<>(dependencies.shape(node.input(0)));
    shape.set(0, Math.max(1, shape.get(0) / batch));
    RankCurve.Choice now = curve.now();
    return race.ratio(
        node, shape, (graph, alone) -> now.way().put(model, graph, alone, now.rank()));
  }

  private OnnxModel factored(List<RankCurve> curves, Function<RankCurve, RankCurve.Choice> chosen) {
    Graph graph = new Graph(model);
    for (RankCurve curve : curves) {
      String weight = curve.layer().map().consumer().weight();
      Node node = graph.producer(curve.layer().map().consumer().output()).orElseThrow();
      RankCurve.Choice choice = chosen.apply(curve);
      choice.way().put(model, graph, node, choice.rank());
      graph.removeInitializer(weight);
      if (curve.layer().hasBias()) {
        graph.removeInitializer(curve.layer().biasName());
      }
    }
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  private LowRankModel result(List<RankCurve> curves, Map<RankCurve, Double> times, long all) {
    List<RankCurve> chosen = curves.stream().filter(RankCurve::isFactored).toList();
    double saved = chosen.stream().mapToDouble(RankCurve::saved).sum();
    List<LowRankModel.Factored> factored = new ArrayList<>();
    for (RankCurve curve : chosen) {
      RankCurve.Choice now = curve.now();
      factored.add(
          new LowRankModel.Factored(
              curve.layer().map().consumer().node().toString(),
              now.way().label(),
              now.rank(),
              now.way().work(now.rank()),
              times.getOrDefault(curve, 1.0)));
    }
    progress.at("prune", 1);
    return new LowRankModel(
        factored(chosen, RankCurve::now), factored, (long) (all - saved), all, left);
  }
}
