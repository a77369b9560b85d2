/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One model measured against a reference: quality and interleaved latency.
 *
 * @param reference its latency, of runs that took turns with the candidate's
 * @param notFinite elements of the reference's float32 outputs that are no finite numbers
 */
public record Comparison(Quality quality, Latency reference, Latency candidate, long notFinite) {
  private static final double LATENCY_SECONDS = 1.5;

  /** Ratio of 10th percentiles: below 1 the candidate is faster. */
  public double latencyRatio() {
    return candidate.p10Millis() / reference.p10Millis();
  }

  /**
   * Runs both models on the same samples; the kind of model is found from the first run.
   *
   * @param data what the samples are, for the report
   * @throws dev.sagui.failure.RejectedException when one does not load, or their outputs differ in
   *     shape
   * @throws IOException the disk failed or is full
   */
  public static Comparison of(
      OnnxModel reference,
      OnnxModel candidate,
      Samples samples,
      String data,
      int threads,
      Progress progress)
      throws IOException {
    return of(reference, candidate, samples, data, threads, EvaluationOptions.DEFAULT, progress);
  }

  /**
   * As the other, with what the user says of the model. Latency is always that of this machine's
   * own kernels.
   *
   * @param data what the samples are, for the report
   */
  public static Comparison of(
      OnnxModel reference,
      OnnxModel candidate,
      Samples samples,
      String data,
      int threads,
      EvaluationOptions options,
      Progress progress)
      throws IOException {
    Judge judge = new Judge(reference, samples, options, progress);
    if (options.exact()) {
      try (OrtModel a = OrtModel.open(reference, threads, true);
          OrtModel b = OrtModel.open(candidate, threads, true)) {
        judge.run(a, b);
      }
    }
    try (OrtModel a = OrtModel.open(reference.file(), threads);
        OrtModel b = OrtModel.open(candidate.file(), threads)) {
      if (!options.exact()) {
        judge.run(a, b);
      }
      List<Latency> latencies = LatencyRace.run(List.of(a, b), samples.first(1), LATENCY_SECONDS);
      Quality quality = judge.evaluation().result(samples.count(), data);
      return new Comparison(quality, latencies.get(0), latencies.get(1), judge.notFinite);
    }
  }

  /** Looks at the outputs of both models. */
  private static final class Judge {
    private final OnnxModel reference;
    private final Samples samples;
    private final EvaluationOptions options;
    private final Progress progress;
    private Optional<Evaluation> evaluation = Optional.empty();
    private int done;
    private long notFinite;

    Judge(OnnxModel reference, Samples samples, EvaluationOptions options, Progress progress) {
      this.reference = reference;
      this.samples = samples;
      this.options = options;
      this.progress = progress;
    }

    void run(OrtModel a, OrtModel b) {
      samples.forEachBatch(
          batch -> {
            List<Tensor> outputs = a.run(batch);
            if (evaluation.isEmpty()) {
              evaluation = Optional.of(begun(batch, outputs));
            }
            notFinite += outputs.stream().mapToLong(Comparison::notFinite).sum();
            evaluation().add(batch, outputs, b.run(batch));
            done += samples.batchSize();
            progress.at("compare", Math.min(1, (double) done / samples.count()));
          });
    }

    private Evaluation begun(List<Tensor> batch, List<Tensor> outputs) {
      ModelKind kind =
          options.kind().orElseGet(() -> ModelKind.of(reference.facts(), batch, outputs));
      return new Evaluation(kind, NominalRange.byGraph(reference), options.sampleRate());
    }

    Evaluation evaluation() {
      return evaluation.orElseThrow();
    }
  }

  private static long notFinite(Tensor output) {
    long found = 0;
    if (output.type() == DataType.FP32) {
      FloatBuffer values = output.data().asFloatBuffer();
      while (values.hasRemaining()) {
        found += Float.isFinite(values.get()) ? 0 : 1;
      }
    }
    return found;
  }
}
