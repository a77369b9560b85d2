/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.mixed.Allocation;
import dev.sagui.quantize.mixed.Candidate;
import dev.sagui.quantize.mixed.Sensitivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A format for each weight in few bytes. The error that each weight alone brings to the outputs in
 * its smallest format and in int8 is measured, that of other formats follows from their steps,
 * {@link Allocation} chooses. What it chose is held against samples that neither rounding nor
 * choice has seen, and the aim corrected until it holds.
 */
final class MixtureSearch {
  private static final int ROUNDS = 8;

  /** Weights whose next smaller form is tried at the end; of many each is a small part. */
  private static final int MOST_STEPS = 16;

  private static final int MANY_STEPS = 4;

  private static final int MANY = 64;

  private static final int FEW = 6;

  /** Close enough to what is allowed to look no further. */
  private static final double CLOSE = 0.9;

  /** Samples that were not looked at differ by so much: 0.15 dB. */
  private static final double MARGIN = 0.966;

  /** Half a dB. */
  private static final double GIVEN_AWAY = 1.122;

  /**
   * @param forms of its weights
   * @param bytes that they take
   * @param ratio error that was added to what may be; 1 at most when it holds
   */
  private record Found(
      StoredModel model, Map<String, PackedWeight> forms, long bytes, double ratio) {}

  private final OnnxModel model;
  private final Map<String, Choices> choices;
  private final List<Allowance> allowances;
  private final Trials trials;
  private final Progress progress;
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
  MixtureSearch(
      OnnxModel model,
      Map<String, Choices> choices,
      StoreData data,
      Tolerance tolerance,
      Progress progress)
      throws IOException {
    this.model = model;
    this.choices = new TreeMap<>(choices);
    this.trials = Trials.of(model, data.threads());
    this.progress = progress;
    this.allowances = new ArrayList<>();
    for (var samples : List.of(data.samples().forCalibration(), data.samples().forJudging())) {
      Fidelity fidelity = new Fidelity(data.reference(), samples, data.threads());
      double before = fidelity.error(model);
      double wanted = MARGIN * fidelity.admitted(tolerance);
      allowances.add(new Allowance(fidelity, before, Math.max(wanted, GIVEN_AWAY * before)));
    }
    this.roughlyBefore = allowances.get(0).fidelity().roughly(model);
  }

  /**
   * The fewest bytes found that hold. If none do: the least error found where bytes are limited,
   * else binary16, or the model as it is.
   *
   * @param moreBytes beyond those of all smallest formats, at most
   */
  StoredModel best(long moreBytes) throws IOException {
    Found best = found(each(Choices::smallest));
    if (best.ratio() <= 1) {
      return best.model();
    }
    List<Sensitivity> sensitivities =
        new WeightErrors(choices, this::added, trials, progress).all();
    long maxBytes = moreBytes == Long.MAX_VALUE ? moreBytes : best.bytes() + moreBytes;
    double aim = allowances.get(0).room();
    for (int round = 0; round < ROUNDS; round++) {
      Found next = found(chosen(Allocation.fewestBytes(sensitivities, aim, maxBytes)));
      best = better(best, next);
      if (next.ratio() <= 1 && next.ratio() > CLOSE) {
        break;
      }
      double off = Math.max(0.3, Math.min(4, next.ratio() / Math.sqrt(CLOSE)));
      aim /= next.ratio() > 1 ? Math.max(1.5, off) : off;
      progress.at("choose formats", (round + 1.0) / ROUNDS);
    }
    if (best.ratio() <= 1) {
      best = leaner(best);
    }
    boolean mayStay = moreBytes == Long.MAX_VALUE;
    return best.ratio() <= 1 || !mayStay ? best.model() : safe();
  }

  /**
   * Tries the next smaller form of each weight, those that save most first; where weights are few,
   * also with the next larger form of another one.
   */
  private Found leaner(Found start) throws IOException {
    Found best = start;
    List<String> names = new ArrayList<>(choices.keySet());
    names.sort(Comparator.comparingLong(name -> -saved(name, start)));
    int steps = names.size() > MANY ? MANY_STEPS : Math.min(MOST_STEPS, names.size());
    for (String name : names.subList(0, steps)) {
      best = better(best, step(best, name, Optional.empty()));
      for (String other : names.size() > FEW ? List.<String>of() : names) {
        best = better(best, step(best, name, Optional.of(other)));
      }
    }
    return best;
  }

  /** One weight in less and another in more, if that saves bytes. */
  private Found step(Found now, String down, Optional<String> up) throws IOException {
    Map<String, PackedWeight> forms = new LinkedHashMap<>(now.forms());
    next(down, now, false).ifPresent(form -> forms.put(down, form));
    up.flatMap(name -> next(name, now, true)).ifPresent(form -> forms.put(up.orElseThrow(), form));
    boolean same = forms.equals(now.forms()) || up.filter(down::equals).isPresent();
    return same || bytes(forms) >= now.bytes() ? now : found(forms);
  }

  private long saved(String name, Found now) {
    Choices choice = Objects.requireNonNull(choices.get(name));
    PackedWeight form = Objects.requireNonNull(now.forms().get(name));
    return next(name, now, false).map(f -> choice.bytes(form) - choice.bytes(f)).orElse(0L);
  }

  private Optional<PackedWeight> next(String name, Found now, boolean larger) {
    Choices choice = Objects.requireNonNull(choices.get(name));
    long bytes = choice.bytes(Objects.requireNonNull(now.forms().get(name)));
    return larger
        ? choice.forms().stream()
            .filter(form -> choice.bytes(form) > bytes)
            .min(Comparator.comparingLong(choice::bytes))
        : choice.forms().stream()
            .filter(form -> choice.bytes(form) < bytes)
            .max(Comparator.comparingLong(choice::bytes));
  }

  /** As little as possible is stored, or nothing. */
  private StoredModel safe() throws IOException {
    Found finest = found(each(Choices::finest));
    return finest.ratio() <= 1 ? finest.model() : stored(each(Choices::last));
  }

  private Map<String, PackedWeight> each(Function<Choices, PackedWeight> form) {
    Map<String, PackedWeight> forms = new LinkedHashMap<>();
    choices.forEach((name, choice) -> forms.put(name, form.apply(choice)));
    return forms;
  }

  private static Found better(Found a, Found b) {
    if (a.ratio() <= 1 && b.ratio() <= 1) {
      return b.bytes() < a.bytes() ? b : a;
    }
    return b.ratio() < a.ratio() ? b : a;
  }

  private Map<String, PackedWeight> chosen(Map<String, Candidate> candidates) {
    Map<String, PackedWeight> chosen = new LinkedHashMap<>();
    choices.forEach(
        (name, choice) ->
            chosen.put(
                name,
                choice.forms().stream()
                    .filter(form -> form.format().equals(label(candidates, name)))
                    .findFirst()
                    .orElse(choice.smallest())));
    return chosen;
  }

  private static String label(Map<String, Candidate> candidates, String name) {
    Candidate candidate = candidates.get(name);
    return candidate == null ? "" : candidate.label();
  }

  private Found found(Map<String, PackedWeight> chosen) throws IOException {
    StoredModel stored = stored(chosen);
    List<Double> ratios = trials.map(allowances, own -> own.added(stored.model()) / own.room());
    double ratio = Math.max(0, Collections.max(ratios));
    return new Found(stored, chosen, bytes(chosen), ratio);
  }

  private long bytes(Map<String, PackedWeight> forms) {
    long bytes = 0;
    for (Map.Entry<String, Choices> choice : choices.entrySet()) {
      PackedWeight form = forms.get(choice.getKey());
      bytes += form == null ? 0 : choice.getValue().bytes(form);
    }
    return bytes;
  }

  private StoredModel stored(Map<String, PackedWeight> chosen) throws IOException {
    return StoredGraph.of(
        model,
        true,
        (tensor, uses) -> Optional.ofNullable(chosen.get(tensor.getName())),
        Progress.NONE);
  }

  private double added(Map<String, PackedWeight> forms) throws IOException {
    Allowance first = allowances.get(0);
    return first.fidelity().roughly(stored(forms).model()) - roughlyBefore;
  }
}
