/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A limit that a compressed model must keep.
 *
 * @param name a {@link Metric}, as {@code psnr}; or flash, ram or p95
 * @param limit in the metric's unit, bytes or milliseconds
 */
public record Gate(String name, double limit) {
  /** What {@code --floor} takes. */
  public static final List<String> FLOORS =
      Arrays.stream(Metric.values())
          .filter(metric -> metric != Metric.PERPLEXITY_REFERENCE)
          .map(metric -> metric == Metric.LOG_MEL_DTW ? "mel" : metric.key())
          .map(name -> name.replaceAll("^(psnr|sqnr)_db$", "$1"))
          .toList();

  /** What {@code --budget} takes. */
  public static final List<String> CEILINGS = List.of("flash", "ram", "p95");

  /** A gate held against what was measured; {@code value} is NaN when there is no measurement. */
  public record Verdict(Gate gate, double value, boolean met) {
    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", gate.name());
      map.put("limit", gate.plainLimit());
      map.put("value", value);
      map.put("met", met);
      return map;
    }
  }

  public Gate {
    if (Metric.find(name).isEmpty() && !CEILINGS.contains(name)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "no gate is named '%s'; floors are %s, budgets %s".formatted(name, FLOORS, CEILINGS));
    }
    if (!(limit >= 0) || (limit == 0 && CEILINGS.contains(name))) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected a positive limit for %s, got %s".formatted(name, limit));
    }
  }

  /** The limit, as a whole number where it is one. */
  Number plainLimit() {
    return limit == Math.rint(limit) && limit < 1e15 ? (Number) (long) limit : limit;
  }

  /** A value that it holds, or its own limit, as people read it: with all digits where it must. */
  public String told(double value) {
    if (Double.isNaN(value)) {
      return "not measured";
    }
    String rounded = rounded(value);
    return value == limit || !rounded.equals(rounded(limit)) ? rounded : exact(value);
  }

  private String exact(double value) {
    return switch (name) {
      case "flash", "ram" -> String.format(Locale.ROOT, "%,d B", (long) value);
      case "p95" -> value + " ms";
      default -> Double.toString(value);
    };
  }

  private String rounded(double value) {
    return switch (name) {
      case "flash", "ram" -> Quantity.size((long) value);
      case "p95" -> String.format(Locale.ROOT, value < 100 ? "%.3g ms" : "%.0f ms", value);
      default -> String.format(Locale.ROOT, "%.4g", value);
    };
  }

  public Verdict hold(double value) {
    boolean met =
        Metric.find(name).map(metric -> metric.meets(value, limit)).orElse(value <= limit);
    return new Verdict(this, value, met);
  }

  /** The metric of a floor; NaN when it was not measured. */
  public double of(Quality quality) {
    return Metric.find(name).map(quality::metric).orElseThrow().orElse(Double.NaN);
  }
}
