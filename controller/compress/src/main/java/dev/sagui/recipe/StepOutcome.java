/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.fold.Cleanup;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.StoredModel;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.phase.Phases;
import dev.sagui.quantize.qdq.Spared;
import dev.sagui.quantize.qdq.StaticInt8;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a step did.
 *
 * @param reverted whether it was taken back
 * @param reason why nothing changed, or what was left and why; empty when all went as asked
 * @param choices what was decided where the recipe left it open
 */
public record StepOutcome(
    OnnxModel model,
    boolean changed,
    boolean reverted,
    String reason,
    Map<String, Object> metrics,
    Map<String, Object> choices) {
  static StepOutcome of(Cleanup.Result result) {
    List<String> reasons = new ArrayList<>();
    result.passes().stream()
        .filter(pass -> !pass.reason().isEmpty())
        .forEach(
            pass ->
                reasons.add(
                    "%s %s: %s"
                        .formatted(
                            pass.pass(),
                            pass.reverted() ? "was taken back" : "did nothing",
                            pass.reason())));
    if (!result.gap().isEmpty()) {
      reasons.add("outputs were not compared: " + result.gap());
    }
    if (!result.changed() && reasons.isEmpty()) {
      reasons.add("nothing to fold");
    }
    List<Object> passes = new ArrayList<>();
    result.passes().stream()
        .filter(pass -> pass.changed() > 0 || !pass.reason().isEmpty())
        .forEach(pass -> passes.add(pass.json()));
    return new StepOutcome(
        result.model(),
        result.changed(),
        !result.changed() && result.passes().stream().anyMatch(Cleanup.Outcome::reverted),
        String.join("; ", reasons),
        Map.of("passes", passes),
        Map.of());
  }

  static StepOutcome of(StoredModel result, String format) {
    List<StoredWeight> stored = result.weights().stream().filter(StoredWeight::changed).toList();
    List<StoredWeight> left = result.weights().stream().filter(w -> !w.changed()).toList();
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("weights_stored", stored.size());
    metrics.put("weights_left", left.size());
    metrics.put("weight_bytes_before", sum(stored, true));
    metrics.put("weight_bytes_after", sum(stored, false));
    metrics.put("formats", formats(result.weights()));
    String reason = reasons(left);
    if (stored.isEmpty() && left.isEmpty()) {
      reason = "no float32 weight is large enough to store as " + format;
    }
    return new StepOutcome(
        result.model(), result.changed(), false, reason, metrics, Choices.of(result.weights()));
  }

  static StepOutcome of(
      OnnxModel model, Phases.Result phases, StaticInt8.Result result, Int8Format format) {
    if (result.layers().isEmpty()) {
      int floats = result.floats().size();
      return unchanged(
          model,
          floats == 0
              ? "found no layer with constant float32 weights to quantize"
              : "none of %d layers could compute in integers and keep the outputs"
                  .formatted(floats));
    }
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("format", format.label());
    metrics.put("format_reason", format.why());
    metrics.put("layers_int8", result.layers().size());
    metrics.put("layers_float", result.floats());
    result.spared().ifPresent(spared -> put(spared, metrics));
    metrics.put("layers_rewritten", phases.rewritten());
    return new StepOutcome(
        result.model(), true, false, String.join("; ", phases.left()), metrics, Choices.of(result));
  }

  static StepOutcome of(
      OnnxModel before, OnnxModel after, List<StoredWeight> weights, String format) {
    List<StoredWeight> done = weights.stream().filter(StoredWeight::changed).toList();
    List<StoredWeight> left = weights.stream().filter(w -> !w.changed()).toList();
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("format", format);
    metrics.put("weights_quantized", done.size());
    metrics.put("weights_left", left.size());
    metrics.put("weight_bytes_before", sum(done, true));
    metrics.put("weight_bytes_after", sum(done, false));
    String reason = reasons(left);
    if (weights.isEmpty()) {
      reason = "found no product with constant float32 weights to quantize";
    }
    return new StepOutcome(
        done.isEmpty() ? before : after,
        !done.isEmpty(),
        false,
        reason,
        metrics,
        Choices.of(weights));
  }

  private static void put(Spared spared, Map<String, Object> metrics) {
    metrics.put("spared_layer", spared.layer());
    metrics.put("spared_error_factor", spared.errorFactor());
    metrics.put("spared_work_share", spared.workShare());
  }

  /** A step that did nothing, and why. */
  static StepOutcome unchanged(OnnxModel model, String reason) {
    return new StepOutcome(model, false, false, reason, Map.of(), Map.of());
  }

  /** The same with other metrics. */
  StepOutcome with(Map<String, Object> others) {
    return new StepOutcome(model, changed, reverted, reason, others, choices);
  }

  /** The same, and that nested graphs are left as they are; where there are any. */
  StepOutcome withNested(List<ModelStructure.Body> bodies) {
    if (bodies.isEmpty()) {
      return this;
    }
    String nested =
        "%s; weights inside %s are not quantized, store makes them small"
            .formatted(
                reason,
                bodies.stream()
                    .map(ModelStructure.Body::operator)
                    .distinct()
                    .collect(Collectors.joining(", ")));
    return new StepOutcome(model, changed, reverted, nested, metrics, choices);
  }

  /** The format of each weight. */
  private static Map<String, Object> formats(List<StoredWeight> weights) {
    Map<String, Object> formats = new LinkedHashMap<>();
    weights.forEach(weight -> formats.put(weight.name(), weight.format()));
    return formats;
  }

  private static String reasons(List<StoredWeight> left) {
    return left.stream()
        .map(w -> "%s: %s".formatted(w.name(), w.reason()))
        .limit(5)
        .collect(Collectors.joining("; "));
  }

  private static long sum(List<StoredWeight> weights, boolean before) {
    return weights.stream().mapToLong(w -> before ? w.bytesBefore() : w.bytesAfter()).sum();
  }
}
