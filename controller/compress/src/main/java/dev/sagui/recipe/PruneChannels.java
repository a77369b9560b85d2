/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.ChannelPruning;
import dev.sagui.prune.channels.PrunedModel;
import dev.sagui.prune.channels.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Removes whole channels, so that less is computed; see {@link ChannelPruning}. What is not faster
 * is taken back: see {@link Payoff}.
 */
public record PruneChannels(ChannelOptions options) implements Step {
  private static final List<String> KEYS =
      List.of("structured", "latency", "select", "align", "repair", "widths");

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
    return new PruneChannels(ChannelOptions.share(share));
  }

  static PruneChannels parse(Map<?, ?> parameters) {
    parameters.keySet().forEach(key -> KnownNames.require(key, KEYS, "parameter of prune"));
    double share = RecipeFile.number(parameters, "structured", 0);
    share(share);
    double latency = RecipeFile.number(parameters, "latency", 1);
    if (!(latency > 0 && latency <= 1)) {
      throw RecipeFile.bad("expected a latency above 0 and up to 1, got " + latency);
    }
    String repair =
        RecipeFile.text(parameters, "repair", "least-squares", List.of("least-squares", "none"));
    String align = RecipeFile.text(parameters, "align", "auto", List.of("auto", "none"));
    return new PruneChannels(
        new ChannelOptions(
            share,
            parameters.containsKey("latency") ? OptionalDouble.of(latency) : OptionalDouble.empty(),
            Selection.parse(
                RecipeFile.text(parameters, "select", Selection.BACKWARD.label(), List.of())),
            repair.equals("least-squares"),
            align.equals("auto"),
            widths(parameters)));
  }

  private static List<Integer> widths(Map<?, ?> parameters) {
    List<Integer> widths = new ArrayList<>();
    if (parameters.get("widths") instanceof List<?> given) {
      for (Object width : given) {
        if (!(width instanceof Integer whole)) {
          throw RecipeFile.bad("expected whole numbers under 'widths', got '%s'".formatted(width));
        }
        widths.add(whole);
      }
    } else if (parameters.get("widths") != null) {
      throw RecipeFile.bad("expected a list under 'widths'");
    }
    return widths;
  }

  @Override
  public String name() {
    return "prune";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    options
        .latency()
        .ifPresentOrElse(
            latency -> parameters.put("latency", latency),
            () -> parameters.put("structured", options.share()));
    parameters.put("select", options.select().label());
    parameters.put("align", options.aligned() ? "auto" : "none");
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
    Accepted.unquantized(model);
    Accepted.singlePrecision(model);
    if (options.share() == 0 && options.latency().isEmpty() && options.widths().isEmpty()) {
      return StepOutcome.unchanged(model, "nothing was asked to be removed");
    }
    PrunedModel pruned =
        ChannelPruning.apply(
            model, options, around.calibration(), around.threads(), around.progress());
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
