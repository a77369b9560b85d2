/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Evaluation;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.Metric;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.NominalRange;
import dev.sagui.quality.OutputComparison;
import dev.sagui.quality.OutputError;
import dev.sagui.quality.Quality;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How near a student's outputs are to its teacher's on held-out samples: PSNR for images, log-mel
 * distance for sound, SQNR for all else. The teacher runs once; its outputs are kept.
 */
public final class AgainstTeacher implements Scorer {
  private static final long MOST_BYTES = 256_000_000;

  private final List<List<Tensor>> inputs = new ArrayList<>();
  private final List<List<Tensor>> expected = new ArrayList<>();
  private final ModelKind kind;
  private final Optional<NominalRange> range;
  private final int threads;
  private final int count;

  private AgainstTeacher(OnnxModel teacher, Samples samples, int threads, OrtModel session) {
    this.threads = threads;
    long[] bytes = {0};
    samples.forEachBatch(
        batch -> {
          if (bytes[0] < MOST_BYTES) {
            inputs.add(List.copyOf(batch));
            expected.add(session.run(batch));
            expected.get(expected.size() - 1).forEach(out -> bytes[0] += out.data().remaining());
          }
        });
    this.count = Math.min(samples.count(), inputs.size() * samples.batchSize());
    this.kind = ModelKind.of(teacher.facts(), inputs.get(0), expected.get(0));
    Tensor first = expected.get(0).get(0);
    this.range =
        first.type() == DataType.FP32
            ? Optional.of(NominalRange.of(teacher, first.floats()))
            : Optional.empty();
  }

  /**
   * @param samples that no step sees; as many as fit in 256 MB of outputs
   */
  public static AgainstTeacher of(OnnxModel teacher, Samples samples, int threads)
      throws IOException {
    try (OrtModel session = OrtModel.open(teacher, threads, false)) {
      return new AgainstTeacher(teacher, samples, threads, session);
    }
  }

  /** What the teacher makes. */
  public ModelKind kind() {
    return kind;
  }

  /** The peak of the first output's range: 1 for 0..1, 2 for −1..1. */
  public double peak() {
    return range.map(NominalRange::peak).orElse(1.0);
  }

  @Override
  public Score of(OnnxModel student) throws IOException {
    try (OrtModel session = OrtModel.open(student, threads, false)) {
      return kind == ModelKind.IMAGE ? images(session) : others(session);
    }
  }

  /**
   * All metrics of the kind of model, each beside its null scale, on the samples that it is scored
   * by.
   *
   * @param data what the samples are, for the report
   */
  public Quality quality(OnnxModel student, String data) throws IOException {
    Evaluation evaluation = new Evaluation(kind, range, EvaluationOptions.DEFAULT.sampleRate());
    try (OrtModel session = OrtModel.open(student, threads, false)) {
      for (int i = 0; i < inputs.size(); i++) {
        evaluation.add(inputs.get(i), expected.get(i), session.run(inputs.get(i)));
      }
    }
    return evaluation.result(count, data);
  }

  private Score images(OrtModel session) {
    OutputComparison comparison =
        new OutputComparison(
            new EvaluationOptions(Optional.of(kind), EvaluationOptions.DEFAULT.sampleRate()),
            range);
    for (int i = 0; i < inputs.size(); i++) {
      comparison.add(expected.get(i), session.run(inputs.get(i)));
    }
    return new Score(Metric.PSNR_DB.key(), comparison.result(inputs.size(), "").psnrDb(), true);
  }

  private Score others(OrtModel session) {
    OutputError error = new OutputError(kind);
    for (int i = 0; i < inputs.size(); i++) {
      error.add(expected.get(i), session.run(inputs.get(i)));
    }
    return new Score(error.metric().key(), error.value(), error.metric() == Metric.SQNR_DB);
  }
}
