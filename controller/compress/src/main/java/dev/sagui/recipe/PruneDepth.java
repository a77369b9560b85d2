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
public record PruneDepth(double share) implements PruneShare {
  public PruneDepth {
    PruneShare.require(share, "a depth to remove, as a share of the residual blocks,");
  }

  @Override
  public String key() {
    return "depth";
  }

  @Override
  public StepOutcome removed(OnnxModel model, Surroundings around) throws IOException {
    BlockRemoval.Result result =
        BlockRemoval.apply(model, share, around.calibration(), around.threads(), around.progress());
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("blocks_before", result.blocks());
    metrics.put("blocks_after", result.blocks() - result.removed().size());
    metrics.put("removed", result.removed().stream().map(PruneDepth::told).toList());
    List<String> sums = result.removed().stream().map(each -> each.block().sum()).toList();
    return new StepOutcome(result.model(), true, false, "", metrics, Map.of("removed", sums));
  }

  private static Map<String, Object> told(BlockRemoval.Removed removed) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("block", removed.block().sum());
    facts.put("layers", removed.block().layers());
    facts.put("mean_stays", removed.mean());
    facts.put("sqnr_db", -10 * Math.log10(Math.max(removed.error(), 1e-20)));
    return facts;
  }
}
