/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;

/** Holds models against a teacher: outputs, time and work of a run. */
final class Yardstick {
  static final double SHORT_SECONDS = 0.4;
  static final double LONG_SECONDS = 1.5;

  private final OnnxModel teacher;
  private final Samples samples;
  private final int threads;
  private final Fidelity fidelity;
  private final long flops;

  Yardstick(OnnxModel teacher, Samples samples, int threads) throws IOException {
    this.teacher = teacher;
    this.samples = samples;
    this.threads = threads;
    this.fidelity = new Fidelity(teacher, samples.forJudging(), threads);
    this.flops = count(teacher);
  }

  /** Power of the outputs' difference as a share of the teacher's. */
  double error(OnnxModel model) throws IOException {
    return fidelity.error(model);
  }

  /** Time of a run at batch 1 to the teacher's, in turns. */
  double latency(OnnxModel model, double seconds) throws IOException {
    try (OrtModel a = OrtModel.open(teacher, threads, false);
        OrtModel b = OrtModel.open(model, threads, false)) {
      List<Latency> race = LatencyRace.run(List.of(a, b), samples.first(1), seconds);
      return race.get(1).p10Millis() / race.get(0).p10Millis();
    }
  }

  /** Multiplications of a run to the teacher's. */
  double flops(OnnxModel model) throws IOException {
    return (double) count(model) / Math.max(1, flops);
  }

  private long count(OnnxModel model) throws IOException {
    List<Tensor> inputs = samples.first(1);
    try (TemporaryModel file = TemporaryModel.of(model)) {
      return RunCost.measure(file.file(), inputs).flops();
    }
  }

  Student.Measured measured(OnnxModel model) throws IOException {
    return new Student.Measured(flops(model), latency(model, LONG_SECONDS), error(model));
  }
}
