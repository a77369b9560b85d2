/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.UnderLoad;
import dev.sagui.recipe.Quantity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a search found, for people: one HTML page without scripts or other files. */
final class FitPage {
  /** How the page looks. */
  static final String STYLE =
      """
      :root{color-scheme:light dark;--line:#8884;--front:#2f7fb8;--other:#999}
      body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:58rem;padding:0 1rem}
      h1{font-size:1.6rem;overflow-wrap:anywhere}
      h2{margin:2.2rem 0 .4rem}
      .why{border-left:4px solid var(--front);padding:.2rem .9rem;margin:.6rem 0 1rem}
      .none{border-color:#c0392b}
      .scroll{overflow-x:auto}
      table{border-collapse:collapse;width:100%;font-size:.92rem}
      th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
      td.n{text-align:right;white-space:nowrap}
      tr.chosen td{font-weight:600}
      tr.misses td{opacity:.6}
      svg{width:100%;height:auto}
      svg text{font:12px system-ui,sans-serif;fill:currentColor}
      .axis{stroke:var(--line)}
      .front{fill:var(--front)}.other{fill:var(--other)}
      .open{fill:none;stroke:var(--other);stroke-width:1.5}
      .ring{fill:none;stroke:#e07b00;stroke-width:3}
      small{opacity:.75}
      @media(max-width:40rem){svg text{font-size:19px}h1{font-size:1.3rem}}
      """;

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
    String style = "<style>\n" + STYLE + "</style>\n";
    return new FitPage(fitting, true).all(style).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The same for a server.
   *
   * @param top HTML before the page's own: the style sheet, a way back
   */
  static String served(Fitting fitting, String top) {
    return new FitPage(fitting, false).all(top);
  }

  private String all(String top) {
    html.append(top);
    head();
    fitting.decisions().forEach(this::decision);
    dropped();
    return html.append("</html>\n").toString();
  }

  private void head() {
    html.append(
        String.format(
            Locale.ROOT,
            "<h1>%s, fitted</h1><p>%d variants were made and measured in %.0f s; of those that keep"
                + " every limit, %s decides.</p>",
            escape(fitting.model()),
            fitting.tried().size(),
            fitting.seconds(),
            fitting.preference().label()));
  }

  private void decision(Decision decision) {
    DeviceProfile device = decision.wish().device();
    html.append("<h2>").append(escape(device.board())).append(" <small>");
    html.append(escape(device.name().value())).append("</small></h2>");
    html.append("<p class=\"why").append(decision.chosen().isEmpty() ? " none" : "").append("\">");
    decision
        .chosen()
        .ifPresent(
            chosen -> html.append("<b>").append(escape(chosen.name().value())).append("</b>: "));
    html.append(escape(decision.reason())).append("</p>");
    html.append(FrontPlot.svg(decision, fitting.suited(decision)));
    html.append(
        "<div class=\"scroll\"><table><tr><th>variant<th>what was done<th>bytes<th>on the wire<th>");
    html.append("p50<th>how known<th>quality<th>limits</tr>\n");
    fitting.suited(decision).forEach(attempt -> row(decision, attempt));
    html.append("</table></div>");
  }

  private void row(Decision decision, Attempt attempt) {
    List<String> missed = decision.missed(attempt);
    boolean kept = missed.isEmpty();
    boolean chosen = decision.chosen().map(attempt::equals).orElse(false);
    html.append("<tr class=\"").append(chosen ? "chosen" : kept ? "" : "misses").append("\"><td>");
    html.append(name(decision, attempt)).append("<td>").append(escape(attempt.done()));
    number(Quantity.size(attempt.bytes()));
    number(Quantity.size(attempt.bytesOnWire()));
    number(String.format(Locale.ROOT, "%.3g ms", decision.time().p50Millis(attempt)));
    html.append("<td>").append(escape(known(decision.time(), attempt)));
    html.append("<td>").append(escape(Reasons.quality(attempt))).append("<td>");
    html.append(escape(kept ? "kept" : "misses " + String.join(", ", missed)));
    html.append("</tr>\n");
  }

  /** How the time of a variant is known. */
  private static String known(DeviceTime time, Attempt attempt) {
    return time.measured(attempt)
        .map(FitPage::measured)
        .orElseGet(
            () ->
                time.source(attempt).label()
                    + time.error(attempt).map(error -> ", " + time.off()).orElse(""));
  }

  private static String measured(DeviceBench.Measured there) {
    BenchResult result = there.result();
    StringBuilder told = new StringBuilder();
    told.append(
        String.format(
            Locale.ROOT,
            "measured on %s: %.3f x the original's (%.3f to %.3f)",
            there.device(),
            result.ratio().value(),
            result.ratio().low(),
            result.ratio().high()));
    result.underLoad().ifPresent(load -> told.append("; ").append(underLoad(load)));
    result.celsius().ifPresent(c -> told.append(String.format(Locale.ROOT, "; %.0f °C", c)));
    return told.append(result.throttled() ? ", throttled" : "").toString();
  }

  private static String underLoad(UnderLoad load) {
    String told =
        String.format(
            Locale.ROOT,
            "at %.0f requests/s p50 %.3g, p95 %.3g, p99 %.3g ms",
            load.perSecond(),
            load.p50Millis(),
            load.p95Millis(),
            load.p99Millis());
    return load.joules().isPresent()
        ? told + String.format(Locale.ROOT, ", %.3g J each", load.joules().getAsDouble())
        : told;
  }

  /** Variants on no front are not kept, and have no report to show. */
  private String name(Decision decision, Attempt attempt) {
    String name = escape(attempt.name().value());
    return linked && decision.front().contains(attempt)
        ? "<a href=\"%s/report.html\">%s</a>".formatted(name, name)
        : name;
  }

  private void number(String text) {
    html.append("<td class=\"n\">").append(escape(text));
  }

  private void dropped() {
    if (fitting.dropped().isEmpty()) {
      return;
    }
    html.append("<h2>Not made</h2><table>");
    for (Map.Entry<String, String> entry : fitting.dropped().entrySet()) {
      html.append("<tr><td>").append(escape(entry.getKey()));
      html.append("<td>").append(escape(entry.getValue())).append("</tr>\n");
    }
    html.append("</table>");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
