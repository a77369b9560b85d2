/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The report for people: one HTML page without scripts or other files. */
final class ReportPage {
  private static final String HEAD =
      """
      <!doctype html><html lang="en"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Sagui report</title>
      <style>
      :root{color-scheme:light dark}
      body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:46rem;padding:0 1rem}
      table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}
      th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}
      th{width:14rem;font-weight:600}
      td{overflow-wrap:anywhere}
      img{max-width:100%;image-rendering:pixelated}
      meter{display:block;width:100%}
      </style>
      """;

  private final StringBuilder html = new StringBuilder(HEAD);

  private ReportPage() {}

  /**
   * @param outputs of both models as HTML, empty where there is nothing to show
   */
  static byte[] of(CompressionReport report, String outputs) {
    ReportPage page = new ReportPage();
    page.summary(report);
    page.outputs(outputs);
    Map<String, Object> json = report.json();
    for (String section :
        new String[] {"quality", "latency", "memory", "input", "output", "versions"}) {
      page.table(section, (Map<?, ?>) java.util.Objects.requireNonNull(json.get(section)));
    }
    for (StepRecord step : report.steps()) {
      Map<String, Object> rows = step.json(true);
      rows.remove("choices");
      String layers = StepLayers.html(step);
      if (!layers.isEmpty()) {
        rows.remove("metrics");
        page.table("Step: " + step.step().name(), rows);
        page.table("Measured", told(step.metrics()));
        page.html.append(layers);
      } else {
        page.table("Step: " + step.step().name(), rows);
      }
    }
    for (Gate.Verdict gate : report.gates()) {
      page.table("Gate: " + gate.gate().name(), gate.json());
    }
    return page.html.append("</html>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private void outputs(String outputs) {
    if (!outputs.isEmpty()) {
      html.append("<h2>outputs</h2>").append(outputs);
    }
  }

  /** Without the layers, which stand below. */
  private static Map<String, Object> told(Map<String, Object> metrics) {
    Map<String, Object> told = new LinkedHashMap<>(metrics);
    told.remove("layers");
    told.remove("formats");
    return told;
  }

  private void summary(CompressionReport report) {
    long before = report.input().bytes();
    long after = report.output().bytes();
    html.append("<h1>")
        .append(report.met() ? "Compressed" : "Not written: a gate was missed")
        .append("</h1><p>")
        .append(
            HtmlText.escape(
                String.format(
                    Locale.ROOT,
                    "%,d bytes became %,d (%.1f %%).",
                    before,
                    after,
                    100.0 * after / before)))
        .append("</p>");
    report
        .warnings()
        .forEach(w -> html.append("<p><b>Note:</b> ").append(HtmlText.escape(w)).append("</p>"));
  }

  private void table(String title, Map<?, ?> rows) {
    if (rows.isEmpty()) {
      return;
    }
    html.append("<h2>").append(HtmlText.escape(title)).append("</h2><table>");
    rows.forEach(this::row);
    html.append("</table>");
  }

  private void row(Object key, Object value) {
    if (!key.equals(CompressionReport.TENSORS)) {
      html.append("<tr><th>")
          .append(HtmlText.escape(key.toString()))
          .append("</th><td>")
          .append(HtmlText.escape(text(value)))
          .append("</td></tr>\n");
    }
  }

  private static String text(Object value) {
    if (value == dev.sagui.json.Json.Absent.NULL) {
      return "–";
    }
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.4g", number)
        : value.toString();
  }
}
