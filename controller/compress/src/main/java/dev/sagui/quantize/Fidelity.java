/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;

/** How far float32 outputs of an edited model are from those of the original. */
final class Fidelity {
  private double signal;
  private double noise;

  private Fidelity() {}

  /** Power of the outputs to that of their error over all samples, in dB. */
  static double sqnrDb(OnnxModel model, OnnxModel edited, Samples samples, int threads)
      throws IOException {
    Fidelity fidelity = new Fidelity();
    try (TemporaryModel a = TemporaryModel.of(model);
        TemporaryModel b = TemporaryModel.of(edited);
        OrtModel reference = OrtModel.open(a.file(), threads);
        OrtModel candidate = OrtModel.open(b.file(), threads)) {
      samples.forEachBatch(batch -> fidelity.add(reference.run(batch), candidate.run(batch)));
    }
    return 10 * Math.log10(fidelity.signal / fidelity.noise);
  }

  private void add(List<Tensor> wanted, List<Tensor> got) {
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).type() == DataType.FP32) {
        FloatBuffer a = wanted.get(i).data().asFloatBuffer();
        FloatBuffer b = got.get(i).data().asFloatBuffer();
        while (a.hasRemaining() && b.hasRemaining()) {
          double value = a.get();
          double error = b.get() - value;
          signal += value * value;
          noise += error * error;
        }
      }
    }
  }
}
