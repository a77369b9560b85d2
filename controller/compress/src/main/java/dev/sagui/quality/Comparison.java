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
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

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
   */
  public static Comparison of(
      OnnxModel reference,
      OnnxModel candidate,
      Samples samples,
      String data,
      int threads,
      Progress progress) {
    return of(reference, candidate, samples, data, threads, EvaluationOptions.DEFAULT, progress);
  }

  /**
   * As the other, with what the user says of the model.
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
      Progress progress) {
    try (OrtModel a = OrtModel.open(reference.file(), threads);
        OrtModel b = OrtModel.open(candidate.file(), threads)) {
      List<Evaluation> evaluation = new ArrayList<>();
      int[] done = {0};
      long[] notFinite = {0};
      samples.forEachBatch(
          batch -> {
            List<Tensor> outputs = a.run(batch);
            if (evaluation.isEmpty()) {
              ModelKind known =
                  options.kind().orElseGet(() -> ModelKind.of(reference.facts(), batch, outputs));
              evaluation.add(
                  new Evaluation(known, NominalRange.byGraph(reference), options.sampleRate()));
            }
            notFinite[0] += outputs.stream().mapToLong(Comparison::notFinite).sum();
            evaluation.get(0).add(batch, outputs, b.run(batch));
            done[0] += samples.batchSize();
            progress.at("compare", Math.min(1, (double) done[0] / samples.count()));
          });
      List<Latency> latencies = LatencyRace.run(List.of(a, b), samples.first(1), LATENCY_SECONDS);
      Quality quality = evaluation.get(0).result(samples.count(), data);
      return new Comparison(quality, latencies.get(0), latencies.get(1), notFinite[0]);
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
