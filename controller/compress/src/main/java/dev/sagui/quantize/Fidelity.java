/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.quality.OutputError;
import dev.sagui.quality.Tolerance;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How far outputs of edited models are from those of the original, on a few samples. */
public final class Fidelity {
  /** Outputs that are kept. */
  private static final long KEPT_BYTES = 32_000_000;

  /** One batch of so many tells roughly. */
  private static final int ROUGH = 3;

  private final List<List<Tensor>> inputs = new ArrayList<>();
  private final List<List<Tensor>> expected = new ArrayList<>();
  private final ModelFacts facts;
  private final int threads;
  private long bytes;

  /** Runs the original on the first samples. */
  public Fidelity(OnnxModel model, Samples samples, int threads) throws IOException {
    this.facts = model.facts();
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
      outputs.forEach(output -> bytes += output.data().remaining());
    }
  }

  /** As {@link OutputError#power}. */
  public double error(OnnxModel edited) throws IOException {
    return error(edited, inputs.size());
  }

  /** The same by the first batches, for many candidates that are held against each other. */
  double roughly(OnnxModel edited) throws IOException {
    return error(edited, (inputs.size() + ROUGH - 1) / ROUGH);
  }

  private double error(OnnxModel edited, int batches) throws IOException {
    try (TemporaryModel file = TemporaryModel.of(edited);
        OrtModel candidate = OrtModel.open(file.file(), threads)) {
      OutputError error = measure().fresh();
      for (int i = 0; i < batches; i++) {
        error.add(expected.get(i), candidate.run(inputs.get(i)));
      }
      return error.power();
    }
  }

  /** The largest error that a tolerance admits. */
  double admitted(Tolerance tolerance) {
    return measure().admitted(tolerance);
  }

  private OutputError measure() {
    return OutputError.of(facts, inputs.get(0), expected.get(0));
  }
}
