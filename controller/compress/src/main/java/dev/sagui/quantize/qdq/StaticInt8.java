/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.calibrate.Calibration;
import dev.sagui.quantize.calibrate.Range;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.quantize.calibrate.TensorStatistics;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Static int8: layers and what lies between them compute in integers, whose ranges were found by
 * running samples.
 */
public final class StaticInt8 {
  /**
   * The model as it is to be written.
   *
   * @param layers that compute in int8, as people read them
   * @param floats layers that stay float32
   * @param spared one of them, if a tolerance kept it there
   * @param ranges of the values, by the name of one value of each group
   */
  public record Result(
      OnnxModel model,
      List<String> layers,
      List<String> floats,
      Optional<Spared> spared,
      Map<String, Range> ranges) {
    public Result {
      layers = List.copyOf(layers);
      floats = List.copyOf(floats);
      ranges = Map.copyOf(ranges);
    }
  }

  private final OnnxModel model;
  private final StaticOptions options;
  private final int threads;
  private final Progress progress;
  private final Graph graph;
  private final List<Node> chosen;
  private final Placement placement;
  private final Map<String, List<String>> groups;

  private StaticInt8(OnnxModel model, StaticOptions options, int threads, Progress progress) {
    this.model = model;
    this.options = options;
    this.threads = threads;
    this.progress = progress;
    this.graph = new Graph(model);
    this.chosen = Placement.layers(graph).stream().filter(this::isChosen).toList();
    this.placement = Placement.of(graph, chosen);
    this.groups = placement.values();
  }

  /**
   * @param model cleaned up, its up-sampling layers rewritten (see {@link
   *     dev.sagui.quantize.phase.Phases}), opset 13 or later
   * @param samples to calibrate on
   * @param scratch lives until the result is written
   */
  public static Result apply(
      OnnxModel model,
      StaticOptions options,
      Samples samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    StaticInt8 quantization = new StaticInt8(model, options, threads, progress);
    if (quantization.chosen.isEmpty()) {
      return quantization.result(model, Set.of(), Optional.empty(), Map.of());
    }
    Map<String, TensorStatistics> statistics = quantization.calibrated(samples);
    Trial trial = new Trial(model, options.format(), samples, scratch, threads);
    return quantization.apply(trial, samples, statistics);
  }

  private Result apply(Trial trial, Samples samples, Map<String, TensorStatistics> statistics)
      throws IOException {
    Set<String> layers =
        chosen.stream()
            .map(node -> node.output(0))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Optional<RangeMethod> method = options.calibration();
    RangeSearch search =
        new RangeSearch(trial, layers, (group, m) -> range(statistics, group, m), progress);
    Map<String, Range> ranges =
        method.isPresent() ? ranges(statistics, method.get()) : search.best(groups.keySet());
    Corrections corrections = corrections(trial, layers, ranges);
    if (method.isEmpty()) {
      ranges = search.with(corrections).better(ranges);
    }
    Optional<Spared> spared = Optional.empty();
    if (options.tolerance().isPresent()) {
      double wanted = trial.admitted(options.tolerance().get());
      Map<String, Double> work = work(statistics);
      Mixture mixture = new Mixture(trial, ranges, corrections, progress);
      layers = mixture.integers(costs(work), wanted, trial.next(samples));
      spared = spared(mixture, layers, work);
    }
    return result(trial.quantized(layers, ranges, corrections), layers, spared, ranges);
  }

  /**
   * What a layer costs in float32, by its output: its share of all multiplications and of all
   * weights.
   */
  private Map<String, Double> costs(Map<String, Double> work) {
    Map<String, Double> costs = new LinkedHashMap<>();
    chosen.forEach(node -> costs.put(node.output(0), Work.weights(graph, node)));
    toShares(costs);
    work.forEach((layer, share) -> costs.merge(layer, share, Double::sum));
    return costs;
  }

  /** A layer's share of all multiplications, by its output. */
  private Map<String, Double> work(Map<String, TensorStatistics> statistics) {
    Map<String, Double> work = new LinkedHashMap<>();
    for (Node node : chosen) {
      TensorStatistics seen = statistics.get(placement.root(node.output(0)));
      work.put(node.output(0), Work.of(graph, node, seen == null ? 1 : (double) seen.count()));
    }
    toShares(work);
    return work;
  }

  private static void toShares(Map<String, Double> amounts) {
    double all = amounts.values().stream().mapToDouble(each -> each).sum();
    amounts.replaceAll((layer, each) -> each / all);
  }

  private Optional<Spared> spared(Mixture mixture, Set<String> layers, Map<String, Double> work)
      throws IOException {
    Optional<Node> most =
        chosen.stream()
            .filter(node -> !layers.contains(node.output(0)))
            .max(Comparator.comparingDouble(node -> work.getOrDefault(node.output(0), 0.0)));
    if (most.isEmpty() || layers.isEmpty()) {
      return Optional.empty();
    }
    String layer = most.get().output(0);
    double factor = mixture.errorFactor(layers, layer);
    return factor > 1 && Double.isFinite(factor)
        ? Optional.of(new Spared(most.get().toString(), factor, work.getOrDefault(layer, 0.0)))
        : Optional.empty();
  }

  /** Corrections of which kind bring the outputs nearest; none if they do not. */
  private Corrections corrections(Trial trial, Set<String> layers, Map<String, Range> ranges)
      throws IOException {
    Corrections all =
        WeightRounding.of(model, chosen, options.format(), trial.inputs(), threads, progress);
    List<Corrections> each = List.of(Corrections.NONE, all, all.unshifted());
    List<Double> errors =
        trial.each(each, some -> trial.error(trial.quantized(layers, ranges, some)));
    return each.get(errors.indexOf(Collections.min(errors)));
  }

  private Result result(
      OnnxModel quantized, Set<String> layers, Optional<Spared> spared, Map<String, Range> ranges) {
    Map<Boolean, List<String>> sides =
        Placement.layers(graph).stream()
            .collect(
                Collectors.partitioningBy(
                    node -> layers.contains(node.output(0)),
                    Collectors.mapping(Node::toString, Collectors.toList())));
    return new Result(
        quantized,
        sides.getOrDefault(true, List.of()),
        sides.getOrDefault(false, List.of()),
        spared,
        ranges);
  }

  /** A product with what comes in from outside is small, and int8 would cost it most. */
  private boolean isChosen(Node node) {
    boolean entry = !node.is("Conv") && graph.isInput(node.input(0));
    return !entry
        && !options.floats().contains(node.proto().getName())
        && !options.floats().contains(node.output(0));
  }

  private Map<String, TensorStatistics> calibrated(Samples samples) throws IOException {
    Map<String, String> telling = new LinkedHashMap<>();
    groups.forEach((group, values) -> telling.put(group, placement.telling(values)));
    Map<String, TensorStatistics> found =
        Calibration.collect(model, telling.values(), samples, threads, progress);
    Map<String, TensorStatistics> statistics = new LinkedHashMap<>();
    telling.forEach(
        (group, value) -> {
          TensorStatistics seen = found.get(value);
          if (seen != null) {
            statistics.put(group, seen);
          }
        });
    return statistics;
  }

  private Map<String, Range> ranges(Map<String, TensorStatistics> statistics, RangeMethod method) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    groups.keySet().forEach(group -> ranges.put(group, range(statistics, group, method)));
    return ranges;
  }

  private Range range(Map<String, TensorStatistics> statistics, String group, RangeMethod method) {
    TensorStatistics seen = statistics.get(group);
    Range range = seen == null ? Range.ZERO : seen.range(method, 256, false);
    Range useful = Activations.useful(graph, placement, groups.getOrDefault(group, List.of()));
    return new Range(Math.max(range.low(), useful.low()), Math.min(range.high(), useful.high()));
  }
}
