/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.mixed.Candidate;
import dev.sagui.quantize.mixed.Sensitivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A model with a form for each weight: its bytes, and its error on samples that rounding has seen
 * and on others.
 */
final class Mixtures {
  /** Samples that were not looked at differ by so much: 0.15 dB. */
  private static final double MARGIN = 0.966;

  /** Half a dB. */
  private static final double GIVEN_AWAY = 1.122;

  /**
   * One of them.
   *
   * @param forms of its weights
   * @param bytes that they take
   * @param ratio error that was added to what may be; 1 at most when it holds
   */
  record Found(StoredModel model, Map<String, PackedWeight> forms, long bytes, double ratio) {}

  private final OnnxModel model;
  private final Map<String, Choices> choices;
  private final List<Allowance> allowances;
  private final Trials trials;
  private final double roughlyBefore;

  /** Errors on some samples: of the model as it is, and allowed. */
  private record Allowance(Fidelity fidelity, double before, double allowed) {
    double added(OnnxModel edited) throws IOException {
      return fidelity.error(edited) - before;
    }

    double room() {
      return allowed - before;
    }
  }

  /**
   * @param choices by the weight's name
   * @param tolerance of the outputs; half a dB more is given away where the model is near or below
   */
  Mixtures(OnnxModel model, Map<String, Choices> choices, StoreData data, Tolerance tolerance)
      throws IOException {
    this.model = model;
    this.choices = new TreeMap<>(choices);
    this.trials = Trials.of(model, data.threads());
    this.allowances = new ArrayList<>();
    for (var samples : List.of(data.samples().forCalibration(), data.samples().forJudging())) {
      Fidelity fidelity = new Fidelity(data.reference(), samples, data.threads());
      double before = fidelity.error(model);
      double wanted = MARGIN * fidelity.admitted(tolerance);
      allowances.add(new Allowance(fidelity, before, Math.max(wanted, GIVEN_AWAY * before)));
    }
    this.roughlyBefore = allowances.get(0).fidelity().roughly(model);
  }

  /** What each weight may become, by its name. */
  Map<String, Choices> choices() {
    return choices;
  }

  /** The error that may be added. */
  double room() {
    return allowances.get(0).room();
  }

  /** The error that each weight brings in each of its forms. */
  List<Sensitivity> sensitivities(Progress progress) throws IOException {
    return new WeightErrors(choices, this::added, trials, progress).all();
  }

  private double added(Map<String, PackedWeight> forms) throws IOException {
    return allowances.get(0).fidelity().roughly(stored(forms)) - roughlyBefore;
  }

  /** Of one form for each weight. */
  Found found(Map<String, PackedWeight> chosen) throws IOException {
    StoredModel stored = model(chosen);
    List<Double> ratios = trials.map(allowances, own -> own.added(stored.model()) / own.room());
    double ratio = Math.max(0, Collections.max(ratios));
    return new Found(stored, chosen, bytes(chosen), ratio);
  }

  /** The same of forms that are found for each weight by itself. */
  Found found(Function<Choices, PackedWeight> form) throws IOException {
    return found(each(form));
  }

  Map<String, PackedWeight> each(Function<Choices, PackedWeight> form) {
    Map<String, PackedWeight> forms = new LinkedHashMap<>();
    choices.forEach((name, choice) -> forms.put(name, form.apply(choice)));
    return forms;
  }

  /** By the formats that were chosen; the smallest of a weight that is missing. */
  Found chosen(Map<String, Candidate> candidates) throws IOException {
    Map<String, PackedWeight> chosen = new LinkedHashMap<>();
    choices.forEach(
        (name, choice) -> {
          Candidate candidate = candidates.get(name);
          chosen.put(name, choice.form(candidate == null ? "" : candidate.label()));
        });
    return found(chosen);
  }

  /** Forms of like noise for all weights. */
  List<Map<String, PackedWeight>> alike() {
    return choices.values().stream()
        .flatMap(choice -> choice.forms().stream().map(PackedWeight::noise))
        .distinct()
        .map(noise -> each(choice -> choice.within(noise)))
        .toList();
  }

  long bytes(Map<String, PackedWeight> forms) {
    long bytes = 0;
    for (Map.Entry<String, Choices> choice : choices.entrySet()) {
      PackedWeight form = forms.get(choice.getKey());
      bytes += form == null ? 0 : choice.getValue().bytes(form);
    }
    return bytes;
  }

  StoredModel model(Map<String, PackedWeight> chosen) throws IOException {
    return StoredGraph.of(
        model,
        true,
        (tensor, uses) -> Optional.ofNullable(chosen.get(tensor.getName())),
        Progress.NONE);
  }

  private OnnxModel stored(Map<String, PackedWeight> forms) throws IOException {
    return model(forms).model();
  }
}
