/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.ChannelPruning;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.Optional;

/**
 * Makes a net simpler before it adapts: channels go and the others are fitted to the original's
 * outputs by least squares, so that what the net knows is there to be adapted.
 *
 * @param flops share of the multiplications that stays; empty for all
 */
record Narrower(Optional<Double> flops, Scratch scratch, int threads, Progress progress) {
  OnnxModel of(OnnxModel model, Samples samples) throws IOException {
    if (flops.isEmpty() || flops.get() >= 1) {
      return model;
    }
    OnnxModel cleaned = Cleanup.apply(model, samples.first(1), scratch, progress).model();
    ChannelOptions options = ChannelOptions.share(1 - flops.get());
    return ChannelPruning.apply(cleaned, options, samples, threads, progress).model();
  }
}
