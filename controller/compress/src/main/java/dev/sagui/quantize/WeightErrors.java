/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Progress;
import dev.sagui.quantize.mixed.Candidate;
import dev.sagui.quantize.mixed.Sensitivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The error that each weight alone brings to the outputs, measured in its smallest format and in
 * its fine one; that of other formats follows from their steps. Many weights are measured in one
 * format, some of them together; how much less harm finer steps do follows from all of them in two
 * formats. Where errors do not add up, as those of sound do not, their sum is brought to what all
 * weights cause together.
 */
final class WeightErrors {
  /** With more weights than this, neighbours are tried together. */
  private static final int MOST_ALONE = 32;

  private static final int FIRST_TRIALS = 32;

  private static final int MOST_TRIALS = 80;

  private static final double LEAST = 1e-12;

  /** Of errors whose power follows that of the rounding; of sound it rises more slowly. */
  private static final double LINEAR = 1;

  private static final double LEAST_SLOPE = 0.25;

  /**
   * Of the middle one of all, what neighbours count that did no harm on the few samples they were
   * tried on: durations of a voice round to the other side on others.
   */
  private static final double UNHEARD = 0.1;

  private final Map<String, Choices> choices;
  private final Trial trial;
  private final Trials trials;
  private final Progress progress;
  private final List<Sensitivity> found = new ArrayList<>();
  private int made;

  /** What the outputs lose when weights take some forms. */
  @FunctionalInterface
  interface Trial {
    double error(Map<String, PackedWeight> forms) throws IOException;
  }

  /**
   * @param trial asked from any thread
   */
  WeightErrors(Map<String, Choices> choices, Trial trial, Trials trials, Progress progress) {
    this.choices = choices;
    this.trial = trial;
    this.trials = trials;
    this.progress = progress;
  }

  /** Of each weight, with its forms. */
  List<Sensitivity> all() throws IOException {
    List<String> heard = new ArrayList<>();
    choices.forEach(
        (name, choice) -> {
          if (choice.isHeard()) {
            heard.add(name);
          } else {
            found.add(sensitivity(name, choice, form -> LEAST * form.noise()));
          }
        });
    if (heard.size() <= MOST_ALONE) {
      alone(heard);
    } else {
      together(heard);
    }
    return found;
  }

  private void alone(List<String> names) throws IOException {
    found.addAll(trials.map(names, name -> alone(name, names.size())));
  }

  private Sensitivity alone(String name, int of) throws IOException {
    Choices choice = choice(name);
    double coarse = error(List.of(name), Choices::smallest);
    double fine = Math.min(coarse, error(List.of(name), Choices::fine));
    count(of);
    return sensitivity(name, choice, form -> choice.error(form, coarse, fine));
  }

  private synchronized void count(int of) {
    progress.at("sensitivity", Math.min(1, (double) ++made / of));
  }

  /** Neighbours, which are taken apart where they do most harm, as long as trials are left. */
  private record Neighbours(List<String> names, double error) {}

  private void together(List<String> names) throws IOException {
    List<Neighbours> shared = shared(names);
    List<Function<Choices, PackedWeight>> two = List.of(Choices::usual, Choices::fine);
    List<Double> all = trials.map(two, form -> error(names, form));
    double slope = slope(all, two.stream().map(form -> noise(names, form)).toList());
    double sum = shared.stream().mapToDouble(Neighbours::error).sum();
    double least = UNHEARD * median(shared);
    shared.forEach(part -> share(part, least, all.get(0) / sum, slope));
  }

  private static double median(List<Neighbours> parts) {
    return parts.stream().mapToDouble(Neighbours::error).sorted().toArray()[parts.size() / 2];
  }

  private double noise(List<String> names, Function<Choices, PackedWeight> form) {
    return names.stream()
        .mapToDouble(name -> choice(name).bytes() * form.apply(choice(name)).noise())
        .sum();
  }

  /** The power of the noise that errors go by, from those of a coarse and a fine format. */
  private static double slope(List<Double> errors, List<Double> noises) {
    double steps = Math.log(noises.get(0) / noises.get(1));
    double slope = steps > 0 ? Math.log(errors.get(0) / errors.get(1)) / steps : LINEAR;
    return Math.max(LEAST_SLOPE, Math.min(LINEAR, slope));
  }

  private List<Neighbours> shared(List<String> names) throws IOException {
    List<Neighbours> shared = new ArrayList<>();
    PriorityQueue<Neighbours> parts =
        new PriorityQueue<>(Comparator.comparingDouble((Neighbours part) -> -part.error()));
    parts.addAll(trials.map(parts(names, FIRST_TRIALS), this::tried));
    while (!parts.isEmpty()) {
      Neighbours part = parts.remove();
      if (part.names().size() > 1 && made < MOST_TRIALS) {
        parts.addAll(trials.map(parts(part.names(), 2), this::tried));
      } else {
        shared.add(part);
      }
    }
    return shared;
  }

  private static List<List<String>> parts(List<String> names, int count) {
    int each = (names.size() + count - 1) / count;
    List<List<String>> parts = new ArrayList<>();
    for (int i = 0; i < names.size(); i += each) {
      parts.add(names.subList(i, Math.min(names.size(), i + each)));
    }
    return parts;
  }

  private Neighbours tried(List<String> names) throws IOException {
    double error = error(names, Choices::usual);
    count(MOST_TRIALS);
    return new Neighbours(names, error);
  }

  private void share(Neighbours part, double least, double factor, double slope) {
    double bytes = part.names().stream().mapToLong(name -> choice(name).bytes()).sum();
    for (String name : part.names()) {
      Choices choice = choice(name);
      double own = factor * Math.max(least, part.error()) * choice.bytes() / bytes;
      found.add(sensitivity(name, choice, form -> choice.fall(form, own, slope)));
    }
  }

  private double error(List<String> some, Function<Choices, PackedWeight> form) throws IOException {
    Map<String, PackedWeight> chosen = new LinkedHashMap<>();
    some.forEach(name -> chosen.put(name, form.apply(choice(name))));
    // Where activations are integers, a weight's error may take some of theirs away by chance.
    return Math.max(LEAST, Math.abs(trial.error(chosen)));
  }

  private Choices choice(String name) {
    return Objects.requireNonNull(choices.get(name));
  }

  private static Sensitivity sensitivity(
      String name, Choices choice, ToDoubleFunction<PackedWeight> error) {
    return new Sensitivity(
        name,
        choice.forms().stream()
            .map(
                form -> new Candidate(form.format(), choice.bytes(form), error.applyAsDouble(form)))
            .toList());
  }
}
