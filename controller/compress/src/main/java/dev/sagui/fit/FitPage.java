/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.DeviceProfile;
import dev.sagui.json.Json;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.HtmlText;
import dev.sagui.recipe.StepLayers;
import dev.sagui.recipe.StepRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a search found, for people: one HTML page that needs neither scripts nor other files. A
 * server adds a script that draws the plots for the hand.
 */
final class FitPage {
  private static final String HEAD =
      """
      <!doctype html><html lang="en"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Sagui fit</title>
      """;

  private final Fitting fitting;
  private final boolean linked;
  private final StringBuilder html = new StringBuilder(HEAD);

  private FitPage(Fitting fitting, boolean linked) {
    this.fitting = fitting;
    this.linked = linked;
  }

  /** In a folder with the variants' own, which it links to. */
  static byte[] of(Fitting fitting) {
    FitPage page = new FitPage(fitting, true);
    page.html.append("<style>\n").append(FitStyle.CSS).append("</style>\n");
    return page.all().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The same for a server, with the data that its script draws.
   *
   * @param top HTML before the page's own: the style sheet, a way back
   */
  static String served(Fitting fitting, String top) {
    FitPage page = new FitPage(fitting, false);
    String data = new String(Json.write(fitting.json()), StandardCharsets.UTF_8);
    page.html.append(top).append("<script type=\"application/json\" id=\"fit\">");
    page.html.append(data.replace("<", "\\u003c")).append("</script>\n");
    return page.all();
  }

  private String all() {
    head();
    fitting.decisions().forEach(this::decision);
    Set<Attempt> best = new LinkedHashSet<>();
    fitting.decisions().forEach(decision -> best.add(decision.best()));
    best.forEach(this::made);
    dropped();
    return html.append("</html>\n").toString();
  }

  private void head() {
    html.append(
        String.format(
            Locale.ROOT,
            "<h1>%s, fitted</h1><p>Variants made and measured: %d, in %.0f s. Of those that keep"
                + " every limit, %s decides.</p>\n<nav aria-label=\"Profiles\">",
            HtmlText.escape(fitting.model()),
            fitting.tried().size(),
            fitting.seconds(),
            fitting.preference().label()));
    for (Decision decision : fitting.decisions()) {
      DeviceProfile device = decision.wish().device();
      html.append(
          "<a href=\"#%s\">%s</a>".formatted(device.name(), HtmlText.escape(device.board())));
    }
    html.append("</nav>\n");
  }

  private void decision(Decision decision) {
    DeviceProfile device = decision.wish().device();
    html.append("<section class=\"profile\" id=\"%s\">".formatted(device.name()));
    html.append(
        "<h2>%s <small>%s</small></h2>".formatted(HtmlText.escape(device.board()), device.name()));
    html.append("<p class=\"why").append(decision.chosen().isEmpty() ? " none" : "").append("\">");
    html.append("<b>").append(decision.chosen().map(this::link).orElse("Refused")).append("</b>: ");
    html.append(HtmlText.escape(decision.reason())).append("</p>\n");
    if (decision.chosen().isEmpty()) {
      refused(decision, decision.best());
    }
    limits(decision);
    html.append(FrontPlot.figure(decision, fitting.suited(decision)));
    html.append(new VariantRows(decision, linked).html(fitting.suited(decision)));
    html.append("</section>\n");
  }

  private String link(Attempt attempt) {
    return "<a href=\"#made.%s\">%s</a>".formatted(attempt.name(), attempt.name());
  }

  /** Which limits even the nearest variant misses, and by how much. */
  private void refused(Decision decision, Attempt nearest) {
    html.append("<table><tr><th>limit<th>asked<th>").append(link(nearest)).append(" has</tr>\n");
    for (Gate.Verdict missed : decision.wish().missed(nearest, decision.time())) {
      Gate gate = missed.gate();
      String has = gate.told(missed.value());
      String times = String.format(Locale.ROOT, "%.2f", missed.value() / gate.limit());
      html.append("<tr><td>").append(gate.name()).append("<td>").append(gate.told(gate.limit()));
      html.append("<td>%s, %s x the limit</tr>\n".formatted(has, times));
    }
    html.append("</table>\n");
  }

  private void limits(Decision decision) {
    String told =
        decision.wish().limits().stream()
            .map(gate -> gate.name() + " " + gate.told(gate.limit()))
            .collect(Collectors.joining(", "));
    html.append("<p class=\"limits\">Limits: ").append(HtmlText.escape(told)).append("; ");
    html.append(HtmlText.escape(decision.times())).append(".</p>\n");
  }

  /** What one variant puts out beside the model as it came, and how it was made. */
  private void made(Attempt attempt) {
    html.append("<section id=\"made.%s\"><h2>%s</h2>".formatted(attempt.name(), attempt.name()));
    html.append("<p>").append(HtmlText.escape(attempt.done())).append("; ");
    html.append(HtmlText.escape(Reasons.quality(attempt))).append(".</p>\n");
    String outputs = fitting.outputs().getOrDefault(attempt.name(), "");
    if (!outputs.isEmpty()) {
      html.append("<details open><summary>Before and after</summary>").append(outputs);
      html.append("</details>\n");
    }
    String layers = layers(attempt.steps());
    if (!layers.isEmpty()) {
      html.append("<details><summary>What was done to each layer</summary>").append(layers);
      html.append("</details>\n");
    }
    html.append("</section>\n");
  }

  private static String layers(List<StepRecord> steps) {
    StringBuilder told = new StringBuilder();
    for (StepRecord step : steps) {
      String layers = StepLayers.html(step);
      if (step.changed() && !layers.isEmpty()) {
        told.append("<h3>")
            .append(HtmlText.escape(step.step().name()))
            .append("</h3>")
            .append(layers);
      }
    }
    return told.toString();
  }

  private void dropped() {
    if (fitting.dropped().isEmpty()) {
      return;
    }
    html.append(
        "<details><summary>%d not made</summary><table>".formatted(fitting.dropped().size()));
    for (Map.Entry<String, String> entry : fitting.dropped().entrySet()) {
      html.append("<tr><td>").append(HtmlText.escape(entry.getKey()));
      html.append("<td>").append(HtmlText.escape(entry.getValue())).append("</tr>\n");
    }
    html.append("</table></details>\n");
  }
}
