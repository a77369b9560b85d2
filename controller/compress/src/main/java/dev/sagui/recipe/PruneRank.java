/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.channels.LowRank;
import dev.sagui.prune.channels.LowRankModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes layers as two of low rank; see {@link LowRank}. What is not faster is taken back.
 *
 * @param share of the multiplications to save, from 0 to below 1
 */
public record PruneRank(double share) implements PruneShare {
  public PruneRank {
    PruneShare.require(share, "a share of the work to save by low rank");
  }

  @Override
  public String key() {
    return "rank";
  }

  @Override
  public StepOutcome removed(OnnxModel model, Surroundings around) throws IOException {
    LowRankModel result =
        LowRank.apply(model, share, around.calibration(), around.threads(), around.progress());
    if (result.factored().isEmpty()) {
      return StepOutcome.unchanged(model, "no layer is faster in two parts: " + result.left());
    }
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("macs_before", result.macsBefore());
    metrics.put("macs_after", result.macs());
    metrics.put("layers", result.factored().stream().map(PruneRank::layer).toList());
    metrics.put("left", result.left());
    Map<String, Object> ranks = new LinkedHashMap<>();
    result.factored().forEach(each -> ranks.put(each.layer(), each.form() + " " + each.rank()));
    return new StepOutcome(result.model(), true, false, "", metrics, Map.of("ranks", ranks));
  }

  private static Map<String, Object> layer(LowRankModel.Factored factored) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("layer", factored.layer());
    told.put("form", factored.form());
    told.put("rank", factored.rank());
    told.put("work", factored.work());
    told.put("latency_ratio", factored.time());
    return told;
  }
}
