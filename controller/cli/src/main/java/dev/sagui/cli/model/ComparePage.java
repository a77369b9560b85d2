/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.quality.LikeliestTokens;
import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import dev.sagui.quality.Reading;
import dev.sagui.recipe.HtmlText;
import dev.sagui.recipe.Quantity;
import dev.sagui.run.Latency;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A comparison for people: one HTML page without scripts or other files. */
final class ComparePage {
  private static final String HEAD =
      """
      <!doctype html><html lang="en"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Sagui comparison</title>
      <style>
      :root{color-scheme:light dark}
      body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:56rem;padding:0 1rem}
      table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}
      th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}
      td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
      img{max-width:100%}
      </style>
      """;

  private final StringBuilder html = new StringBuilder(HEAD);

  private ComparePage() {}

  /**
   * @param picture put into the page, when there is one
   * @param tokens of language models
   */
  static byte[] of(CompareReport report, Optional<Path> picture, List<LikeliestTokens.Row> tokens)
      throws IOException {
    ComparePage page = new ComparePage();
    page.head(report);
    page.costs(report);
    page.quality(report.quality());
    if (picture.isPresent()) {
      String data = Base64.getEncoder().encodeToString(Files.readAllBytes(picture.get()));
      page.html.append("<h2>Outputs for the same inputs</h2><img alt=\"A above B\" src=\"data:");
      page.html.append("image/png;base64,").append(data).append("\">");
    }
    page.tokens(tokens);
    return page.html.append("</html>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private void head(CompareReport report) {
    html.append("<h1>")
        .append(HtmlText.escape(CompareReport.name(report.b())))
        .append(" against ")
        .append(HtmlText.escape(CompareReport.name(report.a())))
        .append("</h1><p>")
        .append(HtmlText.escape(Reading.summary(report.quality())))
        .append("</p>");
    if (report.weak()) {
      html.append("<p><b>Note:</b> measured on noise, which says little about real inputs.</p>");
    }
  }

  private void costs(CompareReport report) throws IOException {
    Latency a = report.comparison().reference();
    Latency b = report.comparison().candidate();
    html.append("<h2>Costs</h2><table>");
    row("th", "", "A", "B", "B/A");
    row(
        "td",
        "bytes",
        Quantity.size(report.a().sizeBytes()),
        Quantity.size(report.b().sizeBytes()),
        ratio(report.bytesRatio()));
    row("td", "latency p50, ms", millis(a.p50Millis()), millis(b.p50Millis()), "");
    row("td", "latency p95, ms", millis(a.p95Millis()), millis(b.p95Millis()), "");
    row(
        "td",
        "latency p10, ms, taking turns",
        millis(a.p10Millis()),
        millis(b.p10Millis()),
        ratio(report.comparison().latencyRatio()));
    if (report.peakA().isPresent() && report.peakB().isPresent()) {
      row(
          "td",
          "peak memory",
          Quantity.size(report.peakA().getAsLong()),
          Quantity.size(report.peakB().getAsLong()),
          ratio(report.memoryRatio()));
    }
    html.append("</table>");
  }

  private void quality(Quality quality) {
    html.append("<h2>Quality</h2><table>");
    html.append("<tr><th>metric<th class=\"n\">B against A<th class=\"n\">null scale<th>reading");
    html.append("</tr>\n");
    for (Metric metric : quality.metrics().keySet()) {
      html.append("<tr><th>")
          .append(metric.key())
          .append("<td class=\"n\">")
          .append(CompareTable.number(quality.metric(metric)))
          .append("<td class=\"n\">")
          .append(CompareTable.number(quality.nullScale().of(metric)))
          .append("<td>")
          .append(HtmlText.escape(Reading.of(metric, quality)))
          .append("</tr>\n");
    }
    html.append("</table><p>")
        .append(
            HtmlText.escape(
                "%s model, %d samples (%s). "
                    .formatted(
                        quality.kind().name().toLowerCase(Locale.ROOT),
                        quality.samples(),
                        quality.data())))
        .append("The null scale is what A's outputs for other inputs have; of metrics that hold")
        .append(" sets against each other (swd, kid, spectrum_distance, diversity_ratio), what 19")
        .append(" of 20 halves of A's own outputs stay within.</p>");
  }

  private void tokens(List<LikeliestTokens.Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    html.append("<h2>Likeliest next token, first sample</h2><table>");
    row("th", "after token", "A", "B", "");
    for (LikeliestTokens.Row row : rows) {
      boolean same = row.reference() == row.candidate();
      row("td", row.input(), "" + row.reference(), "" + row.candidate(), same ? "" : "differs");
    }
    html.append("</table>");
  }

  private void row(String cell, String name, String a, String b, String ratio) {
    html.append("<tr><th>").append(HtmlText.escape(name));
    for (String value : new String[] {a, b, ratio}) {
      html.append('<').append(cell).append(" class=\"n\">").append(HtmlText.escape(value));
    }
    html.append("</tr>\n");
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
