/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.List;

/** How wide the groups of a model's channels are. */
public final class ChannelWidths {
  private ChannelWidths() {}

  /** The widths in the order in which {@link ChannelOptions#widths} tells others. */
  public static List<Integer> of(OnnxModel model, Samples samples, int threads) throws IOException {
    DependencyGraph dependencies =
        DependencyGraph.of(model, RunShapes.of(model, samples.first(2), threads));
    return ChannelGroups.of(dependencies).groups().stream().map(ChannelGroup::width).toList();
  }
}
