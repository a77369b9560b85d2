/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a step left of each layer, as bars: widths of channels, or the share of weights. */
final class ReportBars {
  /** What is left of a layer, of 1, and the same in words. */
  private record Bar(double left, String text) {}

  private ReportBars() {}

  /** A table; empty for steps that say nothing of layers. */
  static String html(StepRecord step) {
    Map<String, Bar> bars = new LinkedHashMap<>();
    if (step.metrics().get("layers") instanceof List<?> layers) {
      layers.forEach(layer -> width(layer, bars));
    }
    if (step.choices().get("density") instanceof Map<?, ?> densities) {
      densities.forEach((name, density) -> density(name, density, bars));
    }
    if (bars.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder("<table>");
    bars.forEach(
        (name, bar) ->
            html.append(
                String.format(
                    Locale.ROOT,
                    "<tr><th>%s</th><td><div class=\"bar\"><div style=\"width:%.1f%%\"></div></div>"
                        + "%s</td></tr>\n",
                    ReportPage.escape(name),
                    100 * bar.left(),
                    bar.text())));
    return html.append("</table>").toString();
  }

  private static void width(Object layer, Map<String, Bar> bars) {
    if (layer instanceof Map<?, ?> map
        && map.get("before") instanceof Number before
        && map.get("after") instanceof Number after) {
      String text = "%s of %s channels".formatted(after, before);
      bars.put(
          String.valueOf(map.get("layer")),
          new Bar(after.doubleValue() / before.doubleValue(), text));
    }
  }

  private static void density(Object name, Object density, Map<String, Bar> bars) {
    if (density instanceof Number number) {
      double left = number.doubleValue();
      bars.put(
          name.toString(),
          new Bar(left, String.format(Locale.ROOT, "%.1f %% of the weights", 100 * left)));
    }
  }
}
