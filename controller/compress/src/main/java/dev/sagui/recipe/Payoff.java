/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Metric;
import dev.sagui.quality.OutputError;
import dev.sagui.quality.Tolerance;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a step pays: it is taken back when its result is larger than its input, gives values that
 * are not finite, or runs so much slower on this machine that the bytes that it saves are not worth
 * it, where that says something about the device.
 */
final class Payoff {
  private static final double RACE_SECONDS = 0.8;

  private static final int BATCH = 16;

  /** What a shared machine's clock can tell apart. */
  private static final double SLOWER = 1.03;

  /** What saving all bytes may cost of the time; a half of them half as much. */
  private static final double WORTH = 0.1;

  /** What seems too slow is raced so often, for the middle ratio. */
  private static final int RACES = 3;

  private final OnnxModel model;
  private final Step.Surroundings around;
  private final boolean sameArithmetic;
  private final boolean exact;

  private Payoff(OnnxModel model, Step.Surroundings around, boolean sameArithmetic, boolean exact) {
    this.model = model;
    this.around = around;
    this.sameArithmetic = sameArithmetic;
    this.exact = exact;
  }

  static Payoff of(OnnxModel model, Step.Surroundings around) throws IOException {
    Int8Format device = Int8Format.of(around.device());
    boolean same = device.equals(Int8Format.of(HostMachine.profile()));
    return new Payoff(model, around, same, HostMachine.saturatesFor(device));
  }

  /** The outcome, or the model as it was with the reason. */
  StepOutcome held(StepOutcome outcome) throws IOException {
    return held(outcome, SLOWER, WORTH);
  }

  /** The same of a step whose point is time: bytes alone do not make up for it. */
  StepOutcome heldIfFaster(StepOutcome outcome) throws IOException {
    return held(outcome, 1, 0);
  }

  private StepOutcome held(StepOutcome outcome, double slower, double worth) throws IOException {
    if (!outcome.changed() || around.inputs().isEmpty()) {
      return outcome;
    }
    long bytesBefore = ModelWriter.bytes(model);
    long bytesAfter = ModelWriter.bytes(outcome.model());
    if (bytesAfter >= bytesBefore) {
      return back(outcome, "it grew from %d to %d bytes".formatted(bytesBefore, bytesAfter));
    }
    try (OrtModel a = OrtModel.open(model, around.threads(), false);
        OrtModel b = OrtModel.open(outcome.model(), around.threads(), false)) {
      List<Tensor> judged = judged();
      OutputError error =
          exact ? error(outcome.model()) : error(judged, a.run(judged), b.run(judged));
      if (Double.isInfinite(error.power())) {
        return back(outcome, "its outputs are not finite");
      }
      double saved = 1 - (double) bytesAfter / bytesBefore;
      double bar = slower + worth * saved;
      double ratio = ratio(a, b, sameArithmetic ? bar : Double.POSITIVE_INFINITY);
      return sameArithmetic && ratio > bar
          ? back(outcome, tooSlow(ratio, bar, saved))
          : outcome.with(measured(outcome, error, ratio));
    }
  }

  /** Of the second's time to the first's; above the bar the middle one of several races. */
  private double ratio(OrtModel a, OrtModel b, double bar) {
    List<Double> ratios = new ArrayList<>();
    do {
      List<Latency> race = LatencyRace.run(List.of(a, b), around.inputs(), RACE_SECONDS);
      ratios.add(race.get(1).p10Millis() / race.get(0).p10Millis());
    } while (ratios.get(0) > bar && ratios.size() < RACES);
    return ratios.stream().sorted().toList().get(ratios.size() / 2);
  }

  private static String tooSlow(double ratio, double bar, double saved) {
    return String.format(
        Locale.ROOT,
        "it ran at %.2f x its input's time (the middle one of %d races), and %.0f %% fewer bytes"
            + " are worth %.2f x at most",
        ratio,
        RACES,
        100 * saved,
        bar);
  }

  /**
   * Of the forms whose outputs are within a tolerance the one with the least time; what became of
   * each is told. Where this machine's time does not tell the device's, a form may be slower here.
   */
  StepOutcome best(List<Quantize> forms, Tolerance tolerance) throws IOException {
    StepOutcome best = StepOutcome.unchanged(model, "");
    double least = sameArithmetic ? SLOWER : Double.POSITIVE_INFINITY;
    List<String> told = new ArrayList<>();
    String kept = "none was kept for its time";
    Metric metric = Metric.SQNR_DB;
    for (Quantize form : forms) {
      StepOutcome outcome = held(form.attempt(model, around));
      if (outcome.metrics().containsKey(Metric.LOG_MEL_DTW.key())) {
        metric = Metric.LOG_MEL_DTW;
      }
      double quality = number(outcome, metric.key());
      double ratio = number(outcome, "latency_ratio");
      Object name = form.parameters().get("activations");
      told.add(
          outcome.changed()
              ? String.format(
                  Locale.ROOT, "%s: %.2f x the time here, %s", name, ratio, text(metric, quality))
              : "%s: %s".formatted(name, outcome.reason()));
      if (outcome.changed() && metric.meets(quality, tolerance.limit(metric)) && ratio < least) {
        best = outcome;
        least = ratio;
        kept = name + " was kept for its time";
      }
    }
    told.add(
        "%s of those with %s or better".formatted(kept, text(metric, tolerance.limit(metric))));
    if (!sameArithmetic) {
      told.add("times are this machine's, which do not tell the device's");
    }
    return new StepOutcome(
        best.model(),
        best.changed(),
        false,
        String.join("; ", told),
        best.metrics(),
        best.choices());
  }

  /** Of a candidate's outputs on a batch of the calibration samples. */
  OutputError error(OnnxModel candidate) throws IOException {
    List<Tensor> inputs = judged();
    try (OrtModel a = OrtModel.open(model, around.threads(), exact);
        OrtModel b = OrtModel.open(candidate, around.threads(), exact)) {
      return error(inputs, a.run(inputs), b.run(inputs));
    }
  }

  private OutputError error(List<Tensor> inputs, List<Tensor> expected, List<Tensor> actual) {
    OutputError error = OutputError.of(model.facts(), inputs, expected);
    error.add(expected, actual);
    return error;
  }

  /** A batch of the calibration samples. */
  private List<Tensor> judged() {
    return around.samples().map(samples -> samples.first(BATCH)).orElse(around.inputs());
  }

  /** Whether the model gives the same outputs for the same inputs once more. */
  boolean repeats() throws IOException {
    try (OrtModel session = OrtModel.open(model, around.threads(), exact)) {
      List<Tensor> first = session.run(around.inputs());
      List<Tensor> second = session.run(around.inputs());
      for (int i = 0; i < first.size(); i++) {
        if (!first.get(i).data().equals(second.get(i).data())) {
          return false;
        }
      }
      return true;
    }
  }

  private static String text(Metric metric, double value) {
    return String.format(
        Locale.ROOT,
        metric == Metric.SQNR_DB ? "%.1f dB SQNR" : "a log-mel distance of %.3f",
        value);
  }

  private static double number(StepOutcome outcome, String metric) {
    return outcome.metrics().get(metric) instanceof Number number ? number.doubleValue() : -1;
  }

  private Map<String, Object> measured(StepOutcome outcome, OutputError error, double ratio) {
    Map<String, Object> metrics = new LinkedHashMap<>(outcome.metrics());
    metrics.put(error.metric().key(), error.value());
    metrics.put("latency_ratio", ratio);
    metrics.put("latency_tells", sameArithmetic);
    return metrics;
  }

  private StepOutcome back(StepOutcome outcome, String reason) {
    return new StepOutcome(
        model, false, true, "was taken back: " + reason, outcome.metrics(), Map.of());
  }
}
