/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that reads a model, folds it and writes it, and measures nothing. */
final class FoldProgram {
  private FoldProgram() {}

  /**
   * @param args the model, and the folder to write into
   */
  public static void main(String[] args) throws IOException {
    OnnxModel model = OnnxModel.open(Path.of(args[0]));
    try (Scratch scratch = Scratch.create()) {
      Cleanup.Result result = Cleanup.apply(model, inputs(model), scratch, Progress.NONE);
      Path folder = Files.createDirectories(Path.of(args[1]));
      ModelWriter.write(result.model(), folder, Progress.NONE);
    }
  }

  private static List<Tensor> inputs(OnnxModel model) {
    try {
      return Samples.of(model.facts(), DefaultData.of(model.facts())).first(1);
    } catch (RejectedException e) {
      return List.of();
    }
  }
}
