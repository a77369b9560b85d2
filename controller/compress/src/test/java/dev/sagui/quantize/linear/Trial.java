/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Quality;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs a model before and after, as {@link Quality} would, without timing. */
public record Trial(Path folder) {
  public OnnxModel open(ModelProto model) throws IOException {
    return OnnxModel.open(TestModels.write(model, folder.resolve("in.onnx")));
  }

  public Samples samples(OnnxModel model, String data) {
    return Samples.of(model.facts(), DataSpec.parse(data));
  }

  /** Signal to error over all values of the first output, in decibels. */
  public double sqnrDb(OnnxModel source, OnnxModel quantized, String data) throws IOException {
    return sqnrDb(source, quantized, data, false);
  }

  /**
   * The same.
   *
   * @param exact whether integers are summed without saturation, whatever this machine does
   */
  public double sqnrDb(OnnxModel source, OnnxModel quantized, String data, boolean exact)
      throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    ModelWriter.write(quantized, out, Progress.NONE);
    double[] sums = new double[2];
    try (OrtModel a = OrtModel.open(source.file(), 1);
        OrtModel b = OrtModel.open(OnnxModel.open(out), 1, exact)) {
      samples(source, data)
          .forEachBatch(batch -> add(a.run(batch).get(0), b.run(batch).get(0), sums));
    }
    return 10 * Math.log10(sums[0] / sums[1]);
  }

  private static void add(Tensor reference, Tensor candidate, double[] sums) {
    float[] x = reference.floats();
    float[] y = candidate.floats();
    for (int i = 0; i < x.length; i++) {
      sums[0] += (double) x[i] * x[i];
      sums[1] += (double) (x[i] - y[i]) * (x[i] - y[i]);
    }
  }
}
