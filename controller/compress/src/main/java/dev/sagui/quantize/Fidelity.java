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
import java.util.ArrayList;
import java.util.List;

/** How far float32 outputs of edited models are from those of the original, on a few samples. */
public final class Fidelity {
  /** Outputs that are kept. */
  private static final long KEPT_BYTES = 32_000_000;

  private final List<List<Tensor>> inputs = new ArrayList<>();
  private final List<List<Tensor>> expected = new ArrayList<>();
  private final int threads;
  private double signal;
  private long bytes;

  /** Runs the original on the first samples. */
  public Fidelity(OnnxModel model, Samples samples, int threads) throws IOException {
    this.threads = threads;
    try (TemporaryModel file = TemporaryModel.of(model);
        OrtModel reference = OrtModel.open(file.file(), threads)) {
      samples.forEachBatch(batch -> add(batch, reference));
    }
  }

  private void add(List<Tensor> batch, OrtModel reference) {
    if (bytes < KEPT_BYTES) {
      List<Tensor> outputs = reference.run(batch);
      inputs.add(batch);
      expected.add(outputs);
      for (Tensor output : outputs) {
        bytes += output.data().remaining();
        signal += power(output, output, 0);
      }
    }
  }

  /** Power of the outputs' error to that of the outputs: 0 for the same, 1 for noise. */
  public double error(OnnxModel edited) throws IOException {
    try (TemporaryModel file = TemporaryModel.of(edited);
        OrtModel candidate = OrtModel.open(file.file(), threads)) {
      double noise = 0;
      for (int i = 0; i < inputs.size(); i++) {
        List<Tensor> outputs = candidate.run(inputs.get(i));
        for (int k = 0; k < outputs.size(); k++) {
          noise += power(expected.get(i).get(k), outputs.get(k), 1);
        }
      }
      return signal == 0 ? noise : noise / signal;
    }
  }

  /** The sum of squares of a tensor less another of its shape times a factor. */
  private static double power(Tensor tensor, Tensor other, double factor) {
    if (tensor.type() != DataType.FP32 || other.type() != DataType.FP32) {
      return 0;
    }
    FloatBuffer a = tensor.data().asFloatBuffer();
    FloatBuffer b = other.data().asFloatBuffer();
    double sum = 0;
    while (a.hasRemaining() && b.hasRemaining()) {
      double difference = a.get() - factor * b.get();
      sum += difference * difference;
    }
    return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
  }
}
