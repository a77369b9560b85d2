/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import dev.sagui.quality.Reading;
import dev.sagui.run.Latency;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * All that {@code sagui compare} measured.
 *
 * @param peakA how far loading and one run lift a process's memory, bytes
 * @param peakB the same of the candidate
 * @param weak whether the inputs were noise
 */
record CompareReport(
    OnnxModel a,
    OnnxModel b,
    Comparison comparison,
    OptionalLong peakA,
    OptionalLong peakB,
    boolean weak) {

  Quality quality() {
    return comparison.quality();
  }

  double bytesRatio() throws IOException {
    return (double) b.sizeBytes() / a.sizeBytes();
  }

  /** A model's file, with its folder's name where the file's says nothing. */
  static String name(OnnxModel model) {
    Path file = model.file().toAbsolutePath();
    Path parent = file.getParent();
    String own = String.valueOf(file.getFileName());
    return own.equals("model.onnx") && parent != null ? parent.getFileName() + "/" + own : own;
  }

  /** The document that {@code --json} prints and {@code report.json} holds. */
  Map<String, Object> json() throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", side(a, comparison.reference(), peakA));
    map.put("b", side(b, comparison.candidate(), peakB));
    map.put("summary", Reading.summary(quality()));
    map.put("quality", quality().json());
    map.put("null_scale", quality().nullScale().json());
    map.put("reading", readings());
    map.put("bytes_ratio", bytesRatio());
    map.put("latency_ratio", comparison.latencyRatio());
    if (peakA.isPresent() && peakB.isPresent()) {
      map.put("memory_ratio", memoryRatio());
    }
    map.put("weak_data", weak);
    return map;
  }

  double memoryRatio() {
    return (double) peakB.orElse(0) / Math.max(1, peakA.orElse(0));
  }

  private Map<String, Object> readings() {
    Map<String, Object> readings = new LinkedHashMap<>();
    for (Metric metric : quality().metrics().keySet()) {
      String words = Reading.of(metric, quality());
      if (!words.isEmpty()) {
        readings.put(metric.key(), words);
      }
    }
    return readings;
  }

  private static Map<String, Object> side(OnnxModel model, Latency latency, OptionalLong peak)
      throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", model.file().toString());
    map.put("bytes", model.sizeBytes());
    map.put("p10_ms", latency.p10Millis());
    map.put("p50_ms", latency.p50Millis());
    map.put("p95_ms", latency.p95Millis());
    peak.ifPresent(bytes -> map.put("peak_bytes", bytes));
    return map;
  }
}
