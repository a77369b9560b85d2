/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Comparison;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Prints the SQNR of one model against another in the arithmetic of the CPU that it runs on. */
final class Score {
  private Score() {}

  /**
   * @param args reference, candidate, data
   */
  public static void main(String[] args) throws IOException {
    OnnxModel reference = OnnxModel.open(Path.of(args[0]));
    Samples samples = Samples.of(reference, Map.of("", DataSpec.parse(args[2])));
    Comparison comparison =
        Comparison.of(
            reference, OnnxModel.open(Path.of(args[1])), samples, args[2], 1, Progress.NONE);
    System.out.println("sqnr " + comparison.quality().sqnrDb());
  }
}
