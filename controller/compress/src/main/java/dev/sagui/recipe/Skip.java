/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.KnownNames;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.depth.BlockSkipping;
import dev.sagui.prune.depth.SkippedModel;
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
 * Residual blocks that inputs skip to which they add little; see {@link BlockSkipping}. Taken back
 * where that is not faster on this machine.
 *
 * @param active share of the blocks' work that is done, above 0 and below 1
 */
public record Skip(double active) implements Step {
  private static final List<String> KEYS = List.of("active");

  /** Different inputs take different times; so many are raced, for so long each. */
  private static final int RACED = 16;

  private static final double RACE_SECONDS = 0.1;

  public Skip {
    if (!(active > 0 && active < 1)) {
      throw RecipeFile.bad(
          "expected a share of the blocks' work that is done above 0 and below 1 under 'active',"
              + " got "
              + active);
    }
  }

  static Skip parse(Map<?, ?> parameters) {
    parameters.keySet().forEach(key -> KnownNames.require(key, KEYS, "parameter of skip"));
    return new Skip(RecipeFile.number(parameters, "active", 0.5));
  }

  @Override
  public String name() {
    return "skip";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("active", active);
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
    Accepted.prunable(model);
    SkippedModel result =
        BlockSkipping.apply(
            model, active, around.calibration(), around.threads(), around.progress());
    List<Map<String, Object>> curve = new ArrayList<>();
    for (SkippedModel.Held held : result.held()) {
      curve.add(told(held, ratio(model, held.model(), around)));
    }
    Map<String, Object> metrics = new LinkedHashMap<>(curve.get(0));
    metrics.put("parameters_before", model.facts().parameters());
    metrics.put("curve", curve);
    double ratio =
        curve.get(0).get("latency_ratio") instanceof Number r ? r.doubleValue() : Double.NaN;
    if (!(ratio <= Experts.PAYS)) {
      String reason =
          String.format(Locale.ROOT, "was taken back: it ran at %.2f x its input's time", ratio);
      return new StepOutcome(model, false, true, reason, metrics, Map.of());
    }
    return new StepOutcome(result.model(), true, false, "", metrics, Map.of());
  }

  private static Map<String, Object> told(SkippedModel.Held held, double ratio) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("active", held.asked());
    told.put("sqnr_db", -10 * Math.log10(Math.max(held.error(), 1e-20)));
    told.put("latency_ratio", ratio);
    told.put("flops_per_run", Math.round(held.flops()));
    told.put("active_parameters_per_run", Math.round(held.parameters()));
    Map<String, Double> computed = new LinkedHashMap<>();
    held.blocks().forEach(block -> computed.put(block.sum(), block.computed()));
    told.put("computed", computed);
    return told;
  }

  /** Of the sums of several inputs' times, one sample a run. */
  private static double ratio(OnnxModel before, OnnxModel after, Surroundings around)
      throws IOException {
    List<List<Tensor>> inputs = new ArrayList<>();
    around.calibration().forJudging().inBatchesOf(1).forEachBatch(inputs::add);
    double dense = 0;
    double skipping = 0;
    try (OrtModel a = OrtModel.open(before, around.threads(), false);
        OrtModel b = OrtModel.open(after, around.threads(), false)) {
      for (List<Tensor> each : inputs.subList(0, Math.min(RACED, inputs.size()))) {
        List<Latency> race = LatencyRace.run(List.of(a, b), each, RACE_SECONDS);
        dense += race.get(0).p10Millis();
        skipping += race.get(1).p10Millis();
      }
    }
    return skipping / dense;
  }
}
