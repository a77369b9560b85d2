/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import dev.sagui.quality.Reading;
import dev.sagui.recipe.Quantity;
import dev.sagui.run.Latency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A comparison as lines of text. */
final class CompareTable {
  private CompareTable() {}

  static List<String> of(CompareReport report) throws IOException {
    List<String> lines = new ArrayList<>(costs(report));
    Quality quality = report.quality();
    lines.add("");
    lines.add(line("%-20s %12s %12s  %s", "quality", "B against A", "null scale", "reading"));
    for (Metric metric : quality.metrics().keySet()) {
      String value = number(quality.metric(metric));
      String scale = number(quality.nullScale().of(metric));
      String words = Reading.of(metric, quality);
      lines.add(line("%-20s %12s %12s  %s", metric.key(), value, scale, words).stripTrailing());
    }
    lines.add("");
    lines.add(Reading.summary(quality));
    lines.add(
        line(
            "%s model, %d samples (%s); null scale: A's outputs for other inputs, or for metrics"
                + " of sets what 19 of 20 halves of A's outputs stay within",
            quality.kind().name().toLowerCase(Locale.ROOT), quality.samples(), quality.data()));
    return lines;
  }

  private static List<String> costs(CompareReport report) throws IOException {
    Latency a = report.comparison().reference();
    Latency b = report.comparison().candidate();
    List<String> lines = new ArrayList<>();
    lines.add(line("%-10s %14s %14s %8s", "", "A", "B", "B/A"));
    lines.add(
        row(
            "bytes",
            Quantity.size(report.a().sizeBytes()),
            Quantity.size(report.b().sizeBytes()),
            report.bytesRatio()));
    lines.add(millis("p50 ms", a.p50Millis(), b.p50Millis()));
    lines.add(millis("p95 ms", a.p95Millis(), b.p95Millis()));
    lines.add(
        row(
            "p10 ms",
            line("%.3f", a.p10Millis()),
            line("%.3f", b.p10Millis()),
            report.comparison().latencyRatio()));
    if (report.peakA().isPresent() && report.peakB().isPresent()) {
      lines.add(
          row(
              "memory",
              Quantity.size(report.peakA().getAsLong()),
              Quantity.size(report.peakB().getAsLong()),
              report.memoryRatio()));
    }
    return lines;
  }

  private static String row(String name, String a, String b, double ratio) {
    return line("%-10s %14s %14s %8.3f", name, a, b, ratio);
  }

  private static String millis(String name, double a, double b) {
    return line("%-10s %14.3f %14.3f", name, a, b);
  }

  /** Short, and as precise as its size allows. */
  static String number(OptionalDouble value) {
    if (value.isEmpty()) {
      return "";
    }
    double number = value.getAsDouble();
    if (Double.isInfinite(number)) {
      return "identical";
    }
    if (Double.isNaN(number)) {
      return "not a number";
    }
    double size = Math.abs(number);
    return size != 0 && (size < 1e-4 || size >= 1e6)
        ? line("%.2e", number)
        : line(size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : "%.5f", number);
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
