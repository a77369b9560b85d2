/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.OutputComparison;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Holds anybody's file against the fp32 model, in ONNX Runtime as we ship it, one thread. */
final class QuantizeJudge {
  private static final double SECONDS = 2;

  private QuantizeJudge() {}

  /**
   * @param candidate in a folder of its own
   * @throws dev.sagui.failure.RejectedException when it does not load, does not run, or puts out
   *     other shapes
   */
  static QuantizeScores scores(QuantizeSubject subject, Path candidate) {
    QuantizeMeasure measure = subject.measure().get();
    measure.begin(candidate);
    OutputComparison pairs =
        new OutputComparison(
            new EvaluationOptions(
                Optional.of(measure.kind()), EvaluationOptions.DEFAULT.sampleRate()),
            Optional.empty());
    try (OrtModel reference = OrtModel.open(subject.model(), 1);
        OrtModel model = OrtModel.open(candidate, 1)) {
      for (List<Tensor> inputs : subject.heldOut()) {
        List<Tensor> wanted = reference.run(inputs);
        List<Tensor> found = model.run(inputs);
        pairs.add(inputs, wanted, found);
        measure.add(inputs, wanted, found);
      }
      List<Double> ratios = new ArrayList<>();
      for (QuantizeSubject.Timed timed : subject.timed()) {
        List<Latency> race = LatencyRace.run(List.of(reference, model), timed.inputs(), SECONDS);
        ratios.add(race.get(1).p10Millis() / race.get(0).p10Millis());
      }
      return new QuantizeScores(
          percent(subject.model(), candidate),
          ratios,
          subject.timed().stream().map(QuantizeSubject.Timed::label).toList(),
          pairs.result(subject.heldOut().size(), "").sqnrDb(),
          measure.own());
    }
  }

  private static double percent(Path model, Path candidate) {
    try {
      return 100.0 * filesBytes(candidate) / OnnxModel.open(model).sizeBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + candidate + " failed: " + e.getMessage(), e);
    }
  }

  /** The model's file and its external data: all of the folder but reports. */
  static long filesBytes(Path candidate) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(candidate.resolveSibling(""))) {
      for (Path file : files.toList()) {
        bytes += String.valueOf(file.getFileName()).startsWith("report.") ? 0 : Files.size(file);
      }
    }
    return bytes;
  }
}
