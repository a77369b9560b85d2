/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a step did to each layer, as a table: widths of channels and shares of weights as bars,
 * formats as words.
 */
public final class StepLayers {
  /** More would make the page heavy. */
  private static final int MOST = 300;

  /** What was done to a layer in words, and what is left of it, of 1, where that can be told. */
  private record Line(OptionalDouble left, String text) {
    private static Line of(String text) {
      return new Line(OptionalDouble.empty(), text);
    }
  }

  private StepLayers() {}

  /** A table; empty for steps that say nothing of layers. */
  public static String html(StepRecord step) {
    Map<String, Line> lines = new LinkedHashMap<>();
    if (step.metrics().get("layers") instanceof List<?> layers) {
      layers.forEach(layer -> layer(layer, lines));
    }
    each(step.choices().get("density"), (name, share) -> lines.put(name, density(share)));
    if (step.choices().get("int8") instanceof List<?> layers) {
      layers.forEach(layer -> lines.put(layer.toString(), Line.of("computes in int8")));
    }
    if (step.choices().get("float32") instanceof List<?> layers) {
      layers.forEach(layer -> lines.put(layer.toString(), Line.of("stays float32")));
    }
    each(
        step.metrics().get("formats"),
        (name, format) -> lines.put(name, stored(step, name, format)));
    return lines.isEmpty() ? "" : table(lines);
  }

  private static void each(@Nullable Object map, BiConsumer<String, Object> entry) {
    if (map instanceof Map<?, ?> entries) {
      entries.forEach((name, value) -> entry.accept(name.toString(), value));
    }
  }

  private static void layer(Object layer, Map<String, Line> lines) {
    if (layer instanceof Map<?, ?> map) {
      lines.put(String.valueOf(map.get("layer")), width(map));
    }
  }

  private static Line width(Map<?, ?> layer) {
    if (layer.get("before") instanceof Number before
        && layer.get("after") instanceof Number after) {
      return new Line(
          OptionalDouble.of(after.doubleValue() / before.doubleValue()),
          "%s of %s channels".formatted(after, before));
    }
    return Line.of(
        layer.entrySet().stream()
            .filter(entry -> !entry.getKey().equals("layer"))
            .map(
                entry -> entry.getKey().toString().replace('_', ' ') + " " + told(entry.getValue()))
            .collect(Collectors.joining(", ")));
  }

  private static String told(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.3g", number)
        : String.valueOf(value);
  }

  private static Line density(Object share) {
    double left = share instanceof Number number ? number.doubleValue() : Double.NaN;
    return new Line(
        OptionalDouble.of(left), String.format(Locale.ROOT, "%.1f %% of the weights", 100 * left));
  }

  private static Line stored(StepRecord step, String name, Object format) {
    Object bytes =
        step.choices().get("weight_bytes") instanceof Map<?, ?> all ? all.get(name) : null;
    String size = bytes instanceof Number number ? ", " + Quantity.size(number.longValue()) : "";
    return Line.of("stored as " + format + size);
  }

  private static String table(Map<String, Line> lines) {
    StringBuilder html = new StringBuilder("<table>");
    lines.entrySet().stream()
        .limit(MOST)
        .forEach(entry -> html.append(row(entry.getKey(), entry.getValue())));
    html.append("</table>");
    if (lines.size() > MOST) {
      html.append("<p>and %d more, which report.json names</p>".formatted(lines.size() - MOST));
    }
    return html.toString();
  }

  /** The bar is a meter, so that a page may forbid style attributes. */
  private static String row(String name, Line line) {
    String bar =
        line.left().isPresent()
            ? String.format(
                Locale.ROOT, "<meter value=\"%.3f\"></meter>", line.left().getAsDouble())
            : "";
    return "<tr><th>%s</th><td>%s%s</td></tr>\n"
        .formatted(HtmlText.escape(name), bar, HtmlText.escape(line.text()));
  }
}
