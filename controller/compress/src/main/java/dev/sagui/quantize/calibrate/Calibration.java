/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs samples and keeps statistics of values in the graph: one pass, one batch at a time, in
 * memory for the bins of each value and the values of one batch.
 */
public final class Calibration {
  /** Of all values in a run: about what caches hold; larger runs take longer for each sample. */
  private static final long RUN_BYTES = 1 << 25;

  private final Map<String, TensorStatistics> statistics = new LinkedHashMap<>();
  private final Scan scan = new Scan();
  private final Progress progress;
  private final double expected;
  private long seen;

  private Calibration(double expected, Progress progress) {
    this.expected = expected;
    this.progress = progress;
  }

  /**
   * @param values names of the graph's inputs or of what its nodes give
   * @return statistics by name, in the order of {@code values}; values that are no floating-point
   *     tensors have none
   * @throws RejectedException BAD_REQUEST for a name that is neither; as {@link Taps#forEach}
   * @throws IOException the disk failed or is full
   */
  public static Map<String, TensorStatistics> collect(
      OnnxModel model, Collection<String> values, Samples samples, int threads, Progress progress)
      throws IOException {
    Set<String> inputs =
        model.facts().inputs().stream().map(ValueFacts::name).collect(Collectors.toSet());
    List<String> inner = values.stream().filter(v -> !inputs.contains(v)).distinct().toList();
    List<String> outer = values.stream().filter(inputs::contains).distinct().toList();
    double expected = (double) samples.count() * (inner.size() + outer.size());
    Calibration calibration = new Calibration(expected, progress);
    if (!inner.isEmpty()) {
      try (Taps taps = Taps.of(model, inner, threads)) {
        Samples batches = samples.inBatchesOf(batch(taps, samples));
        int size = batches.batchSize();
        taps.forEach(batches, value -> calibration.add(value, size));
      }
    }
    if (!outer.isEmpty()) {
      int size = samples.batchSize();
      samples.forEachBatch(
          batch ->
              batch.stream()
                  .filter(value -> outer.contains(value.name()))
                  .forEach(value -> calibration.add(value, size)));
    }
    Map<String, TensorStatistics> ordered = new LinkedHashMap<>();
    for (String value : new LinkedHashSet<>(values)) {
      TensorStatistics found = calibration.statistics.get(value);
      if (found != null) {
        ordered.put(value, found);
      }
    }
    return ordered;
  }

  private static int batch(Taps taps, Samples samples) throws IOException {
    long bytes = 1;
    for (List<Long> shape : taps.shapes(samples.first(1)).values()) {
      bytes += Float.BYTES * shape.stream().reduce(1L, (a, b) -> a * b);
    }
    return (int) Math.max(1, Math.min(samples.batchSize(), RUN_BYTES / bytes));
  }

  private void add(Tensor value, int batchSize) {
    int slices = slices(value.shape(), batchSize);
    seen += slices;
    if (TensorStatistics.reads(value.type())) {
      statistics
          .computeIfAbsent(value.name(), name -> new TensorStatistics(scan))
          .add(value, slices);
    }
    progress.at("calibrate", Math.min(1, seen / expected));
  }

  /** A leading dimension that can be the batch splits the value into samples. */
  private static int slices(List<Long> shape, int batchSize) {
    boolean batched = !shape.isEmpty() && shape.get(0) > 0 && shape.get(0) <= batchSize;
    return batched ? Math.toIntExact(shape.get(0)) : 1;
  }
}
