/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.StoreFormat;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.WeightStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a step did.
 *
 * @param reason why nothing changed, or what was left and why; empty when all went as asked
 */
record StepOutcome(OnnxModel model, boolean changed, String reason, Map<String, Object> metrics) {
  static StepOutcome of(WeightStore.Result result, StoreFormat format) {
    List<StoredWeight> stored = result.weights().stream().filter(StoredWeight::changed).toList();
    List<StoredWeight> left = result.weights().stream().filter(w -> !w.changed()).toList();
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("weights_stored", stored.size());
    metrics.put("weights_left", left.size());
    metrics.put("weight_bytes_before", sum(stored, true));
    metrics.put("weight_bytes_after", sum(stored, false));
    String reason =
        left.stream()
            .map(w -> "%s: %s".formatted(w.name(), w.reason()))
            .limit(5)
            .collect(Collectors.joining("; "));
    if (stored.isEmpty() && left.isEmpty()) {
      reason = "no float32 weight is large enough to store as " + format.label();
    }
    return new StepOutcome(result.model(), result.changed(), reason, metrics);
  }

  private static long sum(List<StoredWeight> weights, boolean before) {
    return weights.stream().mapToLong(w -> before ? w.bytesBefore() : w.bytesAfter()).sum();
  }
}
