/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.BenchResult;
import dev.sagui.device.UnderLoad;
import dev.sagui.recipe.HtmlText;
import dev.sagui.recipe.Quantity;
import java.util.List;
import java.util.Locale;

/**
 * The variants that a device may get, as a table; on a phone each row is a block with its headings.
 *
 * @param linked whether a variant's folder lies beside the page
 */
record VariantRows(Decision decision, boolean linked) {
  private static final String HEAD =
      "<table class=\"variants\"><tr><th>variant<th>what was done<th>bytes<th>on the wire"
          + "<th>p50, p95<th>how known<th>quality<th>limits</tr>\n";

  String html(List<Attempt> suited) {
    StringBuilder html = new StringBuilder(HEAD);
    suited.forEach(attempt -> html.append(row(attempt)));
    return html.append("</table>\n").toString();
  }

  /** Of a variant's row, for this device. */
  static String anchor(Decision decision, Attempt attempt) {
    return decision.wish().device().name() + "." + attempt.name();
  }

  private String row(Attempt attempt) {
    List<String> missed = decision.missed(attempt);
    boolean kept = missed.isEmpty();
    boolean chosen = decision.chosen().map(attempt::equals).orElse(false);
    return "<tr id=\"%s\" class=\"%s\"><td>%s"
            .formatted(
                anchor(decision, attempt), chosen ? "chosen" : kept ? "" : "misses", name(attempt))
        + cell("", HtmlText.escape(attempt.done()))
        + number("bytes", Quantity.size(attempt.bytes()))
        + number("on the wire", Quantity.size(attempt.bytesOnWire()))
        + number("p50, p95", millis(attempt))
        + cell("time", HtmlText.escape(known(decision.time(), attempt)))
        + cell("quality", HtmlText.escape(Reasons.quality(attempt)))
        + cell("limits", kept ? "kept" : "misses " + String.join(", ", missed))
        + "</tr>\n";
  }

  private String millis(Attempt attempt) {
    return String.format(
        Locale.ROOT,
        "%.3g, %.3g ms",
        decision.time().p50Millis(attempt),
        decision.time().p95Millis(attempt));
  }

  private static String cell(String of, String html) {
    return of.isEmpty() ? "<td>" + html : "<td data-of=\"%s\">%s".formatted(of, html);
  }

  private static String number(String of, String text) {
    return "<td class=\"n\" data-of=\"%s\">%s".formatted(of, HtmlText.escape(text));
  }

  /** Variants on no front are not kept, and have no report to show. */
  private String name(Attempt attempt) {
    String name = HtmlText.escape(attempt.name().value());
    return linked && decision.shows(attempt)
        ? "<a href=\"%s/report.html\">%s</a>".formatted(name, name)
        : name;
  }

  /** How the time of a variant is known. */
  static String known(DeviceTime time, Attempt attempt) {
    return time.measured(attempt)
        .map(VariantRows::measured)
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
}
