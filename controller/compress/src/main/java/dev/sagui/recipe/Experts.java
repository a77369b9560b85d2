/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.KnownNames;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.prune.experts.ExpertLayer;
import dev.sagui.prune.experts.ExpertOptions;
import dev.sagui.prune.experts.ExpertSplit;
import dev.sagui.prune.experts.Routing;
import dev.sagui.quality.OutputError;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Feed-forward blocks of which each row computes a few experts; see {@link ExpertSplit}. Taken back
 * where that is not faster on this machine.
 */
public record Experts(ExpertOptions options) implements Step {
  private static final List<String> KEYS = List.of("count", "active", "router");

  private static final double RACE_SECONDS = 0.8;

  /** What a shared machine's clock can tell apart. */
  static final double PAYS = 0.97;

  /**
   * @param parameters as a recipe has them
   * @throws RejectedException BAD_REQUEST, saying what is understood
   */
  static Experts parse(Map<?, ?> parameters) {
    parameters.keySet().forEach(key -> KnownNames.require(key, KEYS, "parameter of experts"));
    Object router = parameters.get("router");
    return new Experts(
        new ExpertOptions(
            whole("count", parameters.get("count"), 8),
            whole("active", parameters.get("active"), 2),
            router == null ? Routing.LEAST_SQUARES : Routing.parse(router.toString())));
  }

  private static int whole(String key, @Nullable Object value, int usual) {
    if (value == null || value instanceof Integer) {
      return value == null ? usual : (Integer) value;
    }
    throw RecipeFile.bad("expected a whole number under '%s', got '%s'".formatted(key, value));
  }

  @Override
  public String name() {
    return "experts";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("count", options.count());
    parameters.put("active", options.active());
    parameters.put("router", options.routing().label());
    return parameters;
  }

  @Override
  public boolean shrinks() {
    return false;
  }

  @Override
  public boolean looksAtSamples() {
    return true;
  }

  @Override
  public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    Accepted.singlePrecision(model);
    Samples samples = around.calibration();
    ExpertSplit.Result result =
        ExpertSplit.apply(
            model, options, samples, around.scratch(), around.threads(), around.progress());
    Map<String, Object> metrics = metrics(result.layers());
    if (around.inputs().isEmpty()) {
      return new StepOutcome(result.model(), true, false, "", metrics, Map.of());
    }
    OutputError error = Payoff.of(model, around).error(result.model());
    metrics.put(error.metric().key(), error.value());
    double ratio = cost(model, result.model(), around, metrics);
    if (!(ratio <= PAYS)) {
      String reason =
          String.format(Locale.ROOT, "was taken back: it ran at %.2f x its input's time", ratio);
      return new StepOutcome(model, false, true, reason, metrics, Map.of());
    }
    return new StepOutcome(result.model(), true, false, "", metrics, Map.of());
  }

  private static Map<String, Object> metrics(List<ExpertLayer> layers) {
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("layers", layers.stream().map(ExpertLayer::json).toList());
    metrics.put("expert_parameters", layers.stream().mapToLong(ExpertLayer::parameters).sum());
    metrics.put(
        "active_parameters_per_row",
        layers.stream().mapToLong(ExpertLayer::activeParameters).sum());
    return metrics;
  }

  /** Notes FLOPs and milliseconds of one run of each; the ratio of times. */
  private static double cost(
      OnnxModel before, OnnxModel after, Surroundings around, Map<String, Object> metrics)
      throws IOException {
    try (TemporaryModel dense = TemporaryModel.of(before);
        TemporaryModel sparse = TemporaryModel.of(after);
        OrtModel a = OrtModel.open(dense.file(), around.threads());
        OrtModel b = OrtModel.open(sparse.file(), around.threads())) {
      metrics.put("flops_before", RunCost.measure(dense.file(), around.inputs()).flops());
      metrics.put("flops_after", RunCost.measure(sparse.file(), around.inputs()).flops());
      List<Latency> race = LatencyRace.run(List.of(a, b), around.inputs(), RACE_SECONDS);
      metrics.put("p10_ms_before", race.get(0).p10Millis());
      metrics.put("p10_ms_after", race.get(1).p10Millis());
      double ratio = race.get(1).p10Millis() / race.get(0).p10Millis();
      metrics.put("latency_ratio", ratio);
      return ratio;
    }
  }
}
