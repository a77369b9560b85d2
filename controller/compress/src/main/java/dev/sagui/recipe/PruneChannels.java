/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.isa.ChannelBlock;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.ChannelPruning;
import dev.sagui.prune.channels.PrunedModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Removes whole channels, so that less is computed; see {@link ChannelPruning}. What is not faster
 * is taken back: see {@link Payoff}.
 *
 * @param aligned whether convolutions keep multiples of what the device takes at once
 */
public record PruneChannels(ChannelOptions options, boolean aligned) implements Step {
  /**
   * By share of the multiplications.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST unless it is in 0..1, without 1
   */
  public static PruneChannels share(double share) {
    if (!(share >= 0 && share < 1)) {
      throw RecipeFile.bad(
          "expected a share of the work to remove from 0 to below 1, got " + share);
    }
    return new PruneChannels(ChannelOptions.share(share), true);
  }

  @Override
  public String name() {
    return "prune";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    options.latency().ifPresent(latency -> parameters.put("latency", latency));
    if (options.latency().isEmpty() && options.widths().isEmpty()) {
      parameters.put("structured", options.share());
    }
    parameters.put("select", options.select().label());
    parameters.put("align", aligned ? "auto" : "none");
    parameters.put("repair", options.repair() ? "least-squares" : "none");
    if (!options.widths().isEmpty()) {
      parameters.put("widths", options.widths());
    }
    return parameters;
  }

  @Override
  public boolean looksAtSamples() {
    return true;
  }

  @Override
  public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    Accepted.prunable(model);
    if (options.share() == 0 && options.latency().isEmpty() && options.widths().isEmpty()) {
      return StepOutcome.unchanged(model, "nothing was asked to be removed");
    }
    int block = aligned ? ChannelBlock.of(around.device()).channels() : 1;
    PrunedModel pruned =
        ChannelPruning.apply(
            model,
            options.inBlocksOf(block),
            around.calibration(),
            around.threads(),
            around.progress());
    if (!pruned.changed()) {
      return StepOutcome.unchanged(model, "all widths stay: " + pruned.kept().keySet());
    }
    return Payoff.of(model, around).held(outcome(pruned));
  }

  private static StepOutcome outcome(PrunedModel pruned) {
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("macs_before", pruned.macsBefore());
    metrics.put("macs_after", pruned.macs());
    metrics.put(
        "channels_removed",
        pruned.widths().stream().mapToInt(width -> width.before() - width.after()).sum());
    metrics.put("layers", pruned.widths().stream().map(PruneChannels::layer).toList());
    metrics.put("kept", pruned.kept());
    metrics.put("tried", pruned.tried().stream().map(PruneChannels::tried).toList());
    Map<String, Object> choices = new LinkedHashMap<>();
    choices.put("widths", pruned.widths().stream().map(PrunedModel.Width::after).toList());
    Map<String, Object> removed = new LinkedHashMap<>();
    pruned.widths().forEach(width -> removed.put(width.layer(), width.removed()));
    choices.put("removed", removed);
    return new StepOutcome(pruned.model(), true, false, "", metrics, choices);
  }

  private static Map<String, Object> layer(PrunedModel.Width width) {
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("layer", width.layer());
    layer.put("before", width.before());
    layer.put("after", width.after());
    return layer;
  }

  private static Map<String, Object> tried(PrunedModel.Tried tried) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("widths", tried.widths());
    told.put("foretold_db", -10 * Math.log10(Math.max(tried.foretold(), 1e-20)));
    told.put("sqnr_db", -10 * Math.log10(Math.max(tried.error(), 1e-20)));
    if (tried.latencyRatio() > 0) {
      told.put("latency_ratio", tried.latencyRatio());
    }
    return told;
  }
}
