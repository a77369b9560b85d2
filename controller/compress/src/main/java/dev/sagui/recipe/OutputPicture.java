/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.ImageLayout;
import dev.sagui.quality.PictureGrid;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What both models of a report make of the same samples, for the eye. */
final class OutputPicture {
  private static final int SHOWN = 16;

  /** Of one model's outputs; more would make the page heavy. */
  private static final int MOST_BYTES = 4_000_000;

  private OutputPicture() {}

  /** A PNG with the input's images above the output's; none where they cannot be shown. */
  static Optional<byte[]> of(OnnxModel input, OnnxModel output, Samples samples, int threads)
      throws IOException {
    List<Tensor> inputs = samples.first(SHOWN);
    try (OrtModel a = OrtModel.open(input, threads, false);
        OrtModel b = OrtModel.open(output, threads, false)) {
      List<Tensor> before = a.run(inputs);
      Tensor first = before.get(0);
      if (ImageLayout.of(first.shape()).isEmpty() || first.data().remaining() > MOST_BYTES) {
        return Optional.empty();
      }
      PictureGrid grid = new PictureGrid();
      grid.add("INPUT", first);
      grid.add("OUTPUT", b.run(inputs).get(0));
      return Optional.of(grid.encoded());
    }
  }
}
