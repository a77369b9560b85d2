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
   * @param ranges of the values, by the name of one value of each group
   */
  public record Result(
      OnnxModel model, List<String> layers, List<String> floats, Map<String, Range> ranges) {
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
      return quantization.result(model, Set.of(), Map.of());
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
    if (options.tolerance().isPresent()) {
      double wanted = trial.admitted(options.tolerance().get());
      layers =
          new Mixture(trial, ranges, corrections, progress)
              .integers(costs(statistics), wanted, trial.next(samples));
    }
    return result(trial.quantized(layers, ranges, corrections), layers, ranges);
  }

  /**
   * What a layer costs in float32, by its output: its share of all multiplications and of all
   * weights.
   */
  private Map<String, Double> costs(Map<String, TensorStatistics> statistics) {
    Map<String, Double> work = new LinkedHashMap<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    for (Node node : chosen) {
      TensorStatistics seen = statistics.get(placement.root(node.output(0)));
      work.put(node.output(0), Work.of(graph, node, seen == null ? 1 : (double) seen.count()));
      weights.put(node.output(0), Work.weights(graph, node));
    }
    double allWork = work.values().stream().mapToDouble(each -> each).sum();
    double allWeights = weights.values().stream().mapToDouble(each -> each).sum();
    work.replaceAll(
        (layer, each) -> each / allWork + weights.getOrDefault(layer, 0.0) / allWeights);
    return work;
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

  private Result result(OnnxModel quantized, Set<String> layers, Map<String, Range> ranges) {
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
