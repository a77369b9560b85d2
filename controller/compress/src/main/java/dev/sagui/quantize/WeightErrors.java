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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The error that each weight alone brings to the outputs, measured in its smallest format and in
 * its fine one; that of other formats follows from their steps.
 */
final class WeightErrors {
  /** With more weights than this, neighbours are tried together and share their error. */
  private static final int MOST_TRIALS = 64;

  private static final double LEAST = 1e-12;

  private final Map<String, Choices> choices;
  private final Trial trial;
  private final Progress progress;

  /** What the outputs lose when weights take some forms. */
  @FunctionalInterface
  interface Trial {
    double error(Map<String, PackedWeight> forms) throws IOException;
  }

  WeightErrors(Map<String, Choices> choices, Trial trial, Progress progress) {
    this.choices = choices;
    this.trial = trial;
    this.progress = progress;
  }

  /** Of each weight, with its forms. */
  List<Sensitivity> all() throws IOException {
    List<String> names = List.copyOf(choices.keySet());
    int each = (names.size() + MOST_TRIALS - 1) / MOST_TRIALS;
    List<Sensitivity> sensitivities = new ArrayList<>();
    for (int i = 0; i < names.size(); i += each) {
      Map<String, Choices> some = new LinkedHashMap<>();
      for (String name : names.subList(i, Math.min(names.size(), i + each))) {
        some.put(name, Objects.requireNonNull(choices.get(name)));
      }
      double coarse = error(some, Choices::smallest);
      double fine = Math.min(coarse, error(some, Choices::fine));
      double bytes = some.values().stream().mapToLong(Choices::bytes).sum();
      some.forEach(
          (name, choice) -> {
            double share = choice.bytes() / bytes;
            sensitivities.add(sensitivity(name, choice, share * coarse, share * fine));
          });
      progress.at("sensitivity", Math.min(1.0, (double) (i + each) / names.size()));
    }
    return sensitivities;
  }

  private double error(Map<String, Choices> some, Function<Choices, PackedWeight> form)
      throws IOException {
    Map<String, PackedWeight> chosen = new LinkedHashMap<>();
    some.forEach((name, choice) -> chosen.put(name, form.apply(choice)));
    // Where activations are integers, a weight's error may take some of theirs away by chance.
    return Math.max(LEAST, Math.abs(trial.error(chosen)));
  }

  private static Sensitivity sensitivity(String name, Choices choice, double coarse, double fine) {
    return new Sensitivity(
        name,
        choice.forms().stream()
            .map(
                form ->
                    new Candidate(
                        form.format(), choice.bytes(form), choice.error(form, coarse, fine)))
            .toList());
  }
}
