/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.Fidelity;
import dev.sagui.quantize.gram.InputGram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/** Finds for each group what its widths do to the outputs. */
final class Curves {
  private static final int FINE = 4;
  private static final int MOST_WIDTHS = 16;
  private static final int LEAST_WIDTHS = 4;

  /** Widths that are looked at in all groups together, about: each is a run over the samples. */
  private static final int WIDTHS_IN_ALL = 96;

  private final OnnxModel model;
  private final DependencyGraph dependencies;
  private final List<Layer> layers;
  private final Observed observed;
  private final Fidelity fidelity;
  private final ChannelOptions options;
  private final Map<Integer, Double> taylor = new HashMap<>();

  Curves(
      OnnxModel model,
      DependencyGraph dependencies,
      List<Layer> layers,
      Observed observed,
      Fidelity fidelity,
      ChannelOptions options) {
    this.model = model;
    this.dependencies = dependencies;
    this.layers = layers;
    this.observed = observed;
    this.fidelity = fidelity;
    this.options = options;
  }

  List<Curve> of(List<ChannelGroup> groups, Progress progress) throws IOException {
    int share = WIDTHS_IN_ALL / Math.max(1, groups.size());
    int most = Math.max(LEAST_WIDTHS, Math.min(MOST_WIDTHS, share));
    if (options.select() == Selection.TAYLOR) {
      taylor.putAll(Scores.taylor(dependencies, groups, model, observed));
    }
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      curves.add(of(groups.get(i), widths(groups.get(i), i, most)));
      progress.at("prune", 0.6 * (i + 1) / groups.size());
    }
    return curves;
  }

  /** The same widths by the least absolute sums, which no sample misleads. */
  List<Ranking.Width> plain(List<Ranking.Width> widths) throws IOException {
    List<Ranking.Width> plain = new ArrayList<>();
    for (Ranking.Width width : widths) {
      IntToDoubleFunction score = Scores.norm(dependencies, width.group(), 1);
      List<Integer> gone =
          width.group().units().stream()
              .sorted(Comparator.comparingDouble(score::applyAsDouble))
              .limit(width.gone().size())
              .toList();
      plain.add(new Ranking.Width(width.group(), width.width(), gone, Map.of()));
    }
    return plain;
  }

  private Curve of(ChannelGroup group, List<Integer> asked) throws IOException {
    List<Layer> takers =
        layers.stream()
            .filter(
                layer ->
                    group.positions(
                            layer.map().consumer().weight(), layer.map().consumer().inputAxis())
                        > 0)
            .toList();
    Map<Layer, List<InputGram>> grams = observed.grams(model, takers);
    List<Ranking.Width> widths =
        Ranking.of(dependencies, group, grams).at(asked, order(group, grams));
    List<Double> errors = new ArrayList<>();
    for (Ranking.Width width : widths) {
      Cut cut = new Cut(dependencies, new HashSet<>(width.gone()));
      if (options.repair()) {
        cut.put(width.weights());
      }
      errors.add(width.gone().isEmpty() ? 0 : fidelity.error(cut.model()));
    }
    return new Curve(widths, errors);
  }

  /** From the full width down; multiples of 8 channels where convolutions take them. */
  private List<Integer> widths(ChannelGroup group, int index, int most) {
    if (!options.widths().isEmpty()) {
      return List.of(options.widths().get(index));
    }
    boolean convolved =
        dependencies.consumers().stream()
            .anyMatch(
                consumer ->
                    consumer.node().is("Conv")
                        && group.positions(consumer.weight(), consumer.inputAxis()) > 0);
    int step = convolved ? options.block() : Math.min(FINE, options.block());
    step =
        Math.max(Math.max(1, step / each(group)), (group.width() / most + step - 1) / step * step);
    List<Integer> widths = new ArrayList<>(List.of(group.width()));
    for (int width = (group.width() - 1) / step * step; width > 0; width -= step) {
      widths.add(width);
    }
    return widths;
  }

  /** Channels of a unit, as a head has many, at the layer that takes fewest of it. */
  private int each(ChannelGroup group) {
    return dependencies.consumers().stream()
        .mapToInt(consumer -> group.positions(consumer.weight(), consumer.inputAxis()))
        .filter(positions -> positions > 0)
        .min()
        .orElse(1);
  }

  private Order order(ChannelGroup group, Map<Layer, List<InputGram>> grams) throws IOException {
    return switch (options.select()) {
      case BACKWARD -> Order.BACKWARD;
      case OUTPUT_ERROR -> Scores.once();
      case VARIANCE -> Order.by(Scores.variance(dependencies, grams));
      case FORWARD -> {
        Map<Integer, Integer> turns = Ranking.forward(dependencies, group, grams);
        yield Order.by(unit -> -turns.getOrDefault(unit, 0));
      }
      case SENSITIVITY ->
          Order.by(Scores.moved(dependencies, observed.moved(model, List.copyOf(grams.keySet()))));
      case TAYLOR -> Order.by(unit -> taylor.getOrDefault(unit, 0.0));
      case BN_SCALE -> Order.by(Scores.batchNormScale(dependencies, group));
      case L1 -> Order.by(Scores.norm(dependencies, group, 1));
      case L2 -> Order.by(Scores.norm(dependencies, group, 2));
      case RANDOM -> Order.by(random());
    };
  }

  private static IntToDoubleFunction random() {
    SplittableRandom random = new SplittableRandom(7);
    Map<Integer, Double> drawn = new LinkedHashMap<>();
    return unit -> drawn.computeIfAbsent(unit, u -> random.nextDouble());
  }
}
