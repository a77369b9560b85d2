/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.depth.BlockRemoval;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes residual blocks; see {@link BlockRemoval}. What is not faster is taken back.
 *
 * @param share of the blocks, from 0 to below 1
 */
public record PruneDepth(double share) implements Step {
  public PruneDepth {
    if (!(share >= 0 && share < 1)) {
      throw RecipeFile.bad(
          "expected a depth to remove from 0 to below 1, as a share of the residual blocks, got "
              + share);
    }
  }

  @Override
  public String name() {
    return "prune";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("depth", share);
  }

  @Override
  public boolean looksAtSamples() {
    return true;
  }

  @Override
  public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    Accepted.unquantized(model);
    Accepted.singlePrecision(model);
    if (share == 0) {
      return StepOutcome.unchanged(model, "nothing was asked to be removed");
    }
    BlockRemoval.Result result =
        BlockRemoval.apply(model, share, around.calibration(), around.threads(), around.progress());
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("blocks_before", result.blocks());
    metrics.put("blocks_after", result.blocks() - result.removed().size());
    metrics.put("removed", result.removed().stream().map(PruneDepth::removed).toList());
    List<String> sums = result.removed().stream().map(each -> each.block().sum()).toList();
    return Payoff.of(model, around)
        .heldIfFaster(
            new StepOutcome(result.model(), true, false, "", metrics, Map.of("removed", sums)));
  }

  private static Map<String, Object> removed(BlockRemoval.Removed removed) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("block", removed.block().sum());
    told.put("layers", removed.block().layers());
    told.put("mean_stays", removed.mean());
    told.put("sqnr_db", -10 * Math.log10(Math.max(removed.error(), 1e-20)));
    return told;
  }
}
