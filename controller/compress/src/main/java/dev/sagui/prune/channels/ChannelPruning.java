/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.GramProduct;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Removes whole channels, without training: groups of channels by the graph, an order within each
 * by what the layers behind lose, widths by what they do to the outputs and cost, the best few of
 * which are made, repaired and measured.
 */
public final class ChannelPruning {
  private static final int ALLOCATIONS = 5;

  /** Of these the best by least squares are repaired with care for what is computed next. */
  private static final int THOROUGHLY = 3;

  /** With more layers than this repair takes long, and only the best two are made. */
  private static final int DEEP = 20;

  /** Of the time model, when it foretells too much. */
  private static final int ROUNDS = 4;

  private static final double LAST_RACE_SECONDS = 1;

  private final OnnxModel model;
  private final ChannelOptions options;
  private final Progress progress;
  private final DependencyGraph dependencies;
  private final ChannelGroups groups;
  private final List<LayerWork> works;
  private final Timing timing;
  private final Fidelity fidelity;
  private final Observed observed;
  private final List<Layer> layers;

  private ChannelPruning(
      OnnxModel model,
      ChannelOptions options,
      Samples samples,
      GramProduct product,
      int threads,
      Progress progress)
      throws IOException {
    this.model = model;
    this.options = options;
    this.progress = progress;
    List<Tensor> inputs = samples.first(2);
    Map<String, List<Long>> shapes = RunShapes.of(model, inputs, threads);
    this.dependencies = DependencyGraph.of(model, shapes);
    this.groups = ChannelGroups.of(dependencies);
    this.works = LayerWork.of(dependencies, groups.groups());
    this.timing = new Timing(model, dependencies, works, samples, threads, progress);
    this.fidelity = new Fidelity(model, samples.forJudging(), threads);
    this.layers = Layer.of(dependencies);
    this.observed =
        new Observed(product, samples.forCalibration(), threads, shapes, RunShapes.batch(inputs));
  }

  /**
   * @param model cleaned up, float32
   * @throws RejectedException UNSUPPORTED_MODEL when no channel can go, with the nodes that hold
   *     them; BAD_REQUEST when so much cannot go
   */
  public static PrunedModel apply(
      OnnxModel model, ChannelOptions options, Samples samples, int threads, Progress progress)
      throws IOException {
    try (GramProduct product = GramProduct.open(threads)) {
      return new ChannelPruning(model, options, samples, product, threads, progress).apply();
    }
  }

  private PrunedModel apply() throws IOException {
    if (groups.groups().isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "no channels can be removed: "
              + groups.kept().values().stream().distinct().limit(3).toList());
    }
    requireWidths();
    Curves finder = new Curves(model, dependencies, layers, observed, fidelity, options);
    List<Curve> curves = finder.of(groups.groups(), progress);
    boolean timed = options.latency().isPresent() && options.widths().isEmpty();
    Cost cost = timed ? timing.model(curves) : this::work;
    double limit =
        timed
            ? options.latency().getAsDouble()
            : options.widths().isEmpty() ? 1 - options.share() : Double.POSITIVE_INFINITY;
    Optional<Repair> repair =
        options.repair() ? Optional.of(Repair.of(model, layers, observed)) : Optional.empty();
    List<Made> made = made(curves, cost, limit, repair);
    if (repair.isPresent()) {
      int thoroughly = isDeep() ? 1 : THOROUGHLY;
      for (int i = 0; i < Math.min(thoroughly, made.size()); i++) {
        Made better = make(made.get(i).choice(), made.get(i).widths(), repair, true);
        made.set(i, better.error() < made.get(i).error() ? better : made.get(i));
      }
      made.sort(Made.order(limit));
      if (options.select() == Selection.BACKWARD) {
        Made best = made.get(0);
        made.add(make(best.choice(), finder.plain(best.widths()), repair, true));
        made.sort(Made.order(limit));
      }
    }
    progress.at("prune", 1);
    return result(made);
  }

  private boolean isDeep() {
    return layers.size() > DEEP;
  }

  private void requireWidths() {
    List<Integer> asked = options.widths();
    int[] full = full();
    boolean fits = asked.isEmpty() || asked.size() == full.length;
    for (int i = 0; fits && i < asked.size(); i++) {
      fits = asked.get(i) > 0 && asked.get(i) <= full[i];
    }
    if (!fits) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "prune: expected widths of 1 to %s, got %s".formatted(Arrays.toString(full), asked));
    }
  }

  private double work(int[] widths) {
    return macs(widths) / macs(full());
  }

  private double macs(int[] widths) {
    return works.stream().mapToDouble(work -> work.macs(widths)).sum();
  }

  private int[] full() {
    return groups.groups().stream().mapToInt(ChannelGroup::width).toArray();
  }

  /** The best few, the chosen one first. */
  private List<Made> made(List<Curve> curves, Cost cost, double limit, Optional<Repair> repair)
      throws IOException {
    List<Made> made = new ArrayList<>();
    double asked = limit;
    int most = isDeep() ? 2 : ALLOCATIONS;
    for (int round = 0; round < ROUNDS; round++) {
      List<Allocation.Choice> choices = Allocation.best(curves, cost, asked, most);
      if (choices.isEmpty() && made.isEmpty()) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "prune: expected a share that leaves channels in every layer; of this model's work or"
                + " time more than %.2f stays whatever is removed".formatted(limit));
      }
      for (Allocation.Choice choice : choices) {
        if (made.stream().noneMatch(each -> each.choice().indices().equals(choice.indices()))) {
          made.add(make(choice, choice.widths(curves), repair, false));
          progress.at("prune", Math.min(0.99, 0.7 + 0.3 * made.size() / (most + 1)));
        }
      }
      double fastest = made.stream().mapToDouble(Made::ratio).min().orElse(0);
      if (options.latency().isEmpty() || fastest <= limit) {
        break;
      }
      asked = 1 - (1 - limit) * (1 - asked) / Math.max(0.05, 1 - fastest);
    }
    made.sort(Made.order(limit));
    return made;
  }

  private Made make(
      Allocation.Choice choice,
      List<Ranking.Width> widths,
      Optional<Repair> repair,
      boolean thorough)
      throws IOException {
    Cut cut = Cut.of(dependencies, widths);
    if (repair.isPresent()) {
      repair.get().apply(cut, thorough);
    }
    OnnxModel made = cut.model();
    double error = fidelity.error(made);
    if (repair.isPresent() && !thorough) {
      OnnxModel alone = foretold(widths).model();
      double other = fidelity.error(alone);
      made = other < error ? alone : made;
      error = Math.min(other, error);
    }
    double ratio = options.latency().isPresent() ? timing.ratio(made, LAST_RACE_SECONDS) : 0;
    return new Made(choice, widths, made, error, ratio);
  }

  /** With the weights of the layers behind each group as its curve was measured with, no others. */
  private Cut foretold(List<Ranking.Width> widths) {
    Cut cut = Cut.of(dependencies, widths);
    widths.forEach(width -> cut.put(width.weights()));
    return cut;
  }

  private PrunedModel result(List<Made> made) {
    Made best = made.get(0);
    List<PrunedModel.Width> widths = new ArrayList<>();
    int[] left = full();
    for (int i = 0; i < left.length; i++) {
      Ranking.Width chosen = best.widths().get(i);
      ChannelGroup group = chosen.group();
      left[i] = chosen.width();
      widths.add(
          new PrunedModel.Width(
              name(group),
              group.width(),
              chosen.width(),
              chosen.gone().stream().map(group.units()::indexOf).toList()));
    }
    Map<String, Integer> kept = new LinkedHashMap<>();
    groups.kept().values().forEach(why -> kept.merge(why, 1, Integer::sum));
    return new PrunedModel(
        best.model(),
        widths,
        (long) macs(left),
        (long) macs(full()),
        kept,
        made.stream().map(Made::told).toList());
  }

  /** The first layer that gives the group's channels. */
  private String name(ChannelGroup group) {
    return works.stream()
        .filter(work -> work.given().each().get(groups.groups().indexOf(group)) > 0)
        .map(work -> work.node().toString())
        .findFirst()
        .orElse("constants");
  }
}
