/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.channels.Refit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds where cheaper layers pay: each alone in the model, timed and held against the teacher. */
final class BlockSearch {
  /** A layer that is not faster by more is within the noise. */
  private static final double LEAST_GAIN = 0.01;

  /** Of what the fastest form saves; among those that save so much, the error decides. */
  private static final double MOST_OF_IT = 0.5;

  private static final int MOST_COMBINATIONS = 20_000;

  private final OnnxModel model;
  private final Blocks blocks;
  private final Yardstick yardstick;
  private final Progress progress;
  private final List<String> notes;

  BlockSearch(
      OnnxModel model, Blocks blocks, Yardstick yardstick, Progress progress, List<String> notes) {
    this.model = model;
    this.blocks = blocks;
    this.yardstick = yardstick;
    this.progress = progress;
    this.notes = notes;
  }

  /**
   * A layer in a form.
   *
   * @param saved of the teacher's time, as a share
   * @param error that it alone brings
   */
  record Option(Convolution layer, Form form, double saved, double error) {}

  /**
   * Layers in forms.
   *
   * @param time foretold, to the teacher's
   * @param error foretold
   */
  record Combination(Map<String, Form> forms, double time, double error) {}

  /** What saves time, by layer; layers that stay are told in the notes. */
  List<List<Option>> options(Block block) throws IOException {
    List<Convolution> layers = Blocks.layers(model);
    List<List<Option>> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      List<Option> own = options(layers.get(i), block);
      if (!own.isEmpty()) {
        all.add(own);
      }
      progress.at("student", 0.4 * (i + 1) / layers.size());
    }
    return all;
  }

  private List<Option> options(Convolution layer, Block block) throws IOException {
    List<Option> options = new ArrayList<>();
    String why = "";
    for (Form form : block.forms()) {
      String reason = layer.whyNot(form).orElse("");
      if (!reason.isEmpty()) {
        why = why.isEmpty() ? reason : why;
        continue;
      }
      OnnxModel tried = blocks.replaced(model, Map.of(layer.output(), form), Refit.Others.LEFT);
      double saved = 1 - yardstick.latency(tried, Yardstick.SHORT_SECONDS);
      if (saved > LEAST_GAIN) {
        options.add(new Option(layer, form, saved, yardstick.error(tried)));
      } else {
        why = "%s is not faster here".formatted(form.label());
      }
    }
    if (options.isEmpty()) {
      notes.add("%s stays: %s".formatted(layer.node(), why));
    }
    return options;
  }

  /** Every layer that gains, in the form with the least error of those that save most of it. */
  static Map<String, Form> everywhere(List<List<Option>> options) {
    Map<String, Form> forms = new LinkedHashMap<>();
    for (List<Option> own : options) {
      double most = own.stream().mapToDouble(Option::saved).max().orElse(0);
      own.stream()
          .filter(option -> option.saved() >= MOST_OF_IT * most)
          .min(Comparator.comparingDouble(Option::error))
          .ifPresent(option -> forms.put(option.layer().output(), option.form()));
    }
    return forms;
  }

  /**
   * Combinations of which none is both faster and nearer to the teacher than another, at most
   * {@code most}, spread over the times from the slowest to the first within a limit.
   */
  static List<Combination> front(List<List<Option>> options, double limit, int most) {
    List<Combination> all = combinations(options);
    all.sort(Comparator.comparingDouble(Combination::time).reversed());
    List<Combination> front = new ArrayList<>();
    for (Combination each : all) {
      boolean beaten =
          all.stream().anyMatch(o -> o.time() < each.time() && o.error() <= each.error());
      if (!beaten) {
        front.add(each);
        if (each.time() <= limit) {
          break;
        }
      }
    }
    List<Combination> spread = new ArrayList<>();
    for (int i = 0; i < Math.min(most, front.size()); i++) {
      spread.add(
          front.size() <= most ? front.get(i) : front.get(i * (front.size() - 1) / (most - 1)));
    }
    return spread;
  }

  /** All with one replaced layer at least; where they are many, those that grow layer by layer. */
  private static List<Combination> combinations(List<List<Option>> options) {
    double count = options.stream().mapToDouble(own -> own.size() + 1).reduce(1, (a, b) -> a * b);
    List<Combination> all = new ArrayList<>(List.of(new Combination(Map.of(), 1, 0)));
    if (count <= MOST_COMBINATIONS) {
      for (List<Option> own : options) {
        List<Combination> before = List.copyOf(all);
        for (Option option : own) {
          before.forEach(each -> all.add(with(each, option)));
        }
      }
    } else {
      List<Option> cheapest =
          options.stream()
              .flatMap(List::stream)
              .sorted(Comparator.comparingDouble(option -> option.error() / option.saved()))
              .toList();
      for (Option option : cheapest) {
        Combination last = all.get(all.size() - 1);
        if (!last.forms().containsKey(option.layer().output())) {
          all.add(with(last, option));
        }
      }
    }
    all.remove(0);
    return all;
  }

  private static Combination with(Combination before, Option option) {
    Map<String, Form> forms = new LinkedHashMap<>(before.forms());
    forms.put(option.layer().output(), option.form());
    return new Combination(forms, before.time() - option.saved(), before.error() + option.error());
  }
}
