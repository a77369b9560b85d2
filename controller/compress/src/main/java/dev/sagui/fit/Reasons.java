/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.quality.Metric;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why a variant was chosen, in words. */
record Reasons(Wish wish, DeviceTime time, Preference preference) {
  /**
   * @param all that suit the device
   */
  String of(Attempt best, List<Attempt> all) {
    List<String> parts = new ArrayList<>();
    parts.add(what(best));
    best.spared().ifPresent(parts::add);
    all.stream()
        .filter(a -> cost(a) * (cost(a) < 0 ? 1 : Preference.ALIKE) < cost(best))
        .filter(a -> !missed(a).isEmpty())
        .max(Comparator.comparingDouble(this::cost))
        .ifPresent(next -> parts.add(passedOver(next)));
    return String.join("; ", parts);
  }

  private double cost(Attempt attempt) {
    return preference.cost(attempt, time);
  }

  private String what(Attempt best) {
    return String.format(
        Locale.ROOT,
        "%s: %.2f x the time%s at %s, %s",
        best.done(),
        time.ratio(best),
        time.measured(best).map(Reasons::measured).orElse(""),
        quality(best),
        Quantity.size(best.bytes()));
  }

  private static String measured(DeviceBench.Measured measured) {
    return String.format(
        Locale.ROOT,
        " (%.2f to %.2f, measured on %s)",
        measured.result().ratio().low(),
        measured.result().ratio().high(),
        measured.device());
  }

  private String passedOver(Attempt next) {
    String what =
        switch (preference) {
          case SPEED -> String.format(Locale.ROOT, "faster (%.2f x)", time.ratio(next));
          case BYTES -> "smaller (%s)".formatted(Quantity.size(next.bytes()));
          case QUALITY -> "better (%s)".formatted(quality(next));
        };
    return "%s is %s, but its %s"
        .formatted(next.name(), what, String.join(" and its ", missed(next)));
  }

  private List<String> missed(Attempt attempt) {
    return wish.missed(attempt, time).stream().map(Reasons::told).toList();
  }

  private static String told(Gate.Verdict verdict) {
    Gate gate = verdict.gate();
    return "%s is %s, the limit %s"
        .formatted(gate.name(), gate.told(verdict.value()), gate.told(gate.limit()));
  }

  static String quality(Attempt attempt) {
    if (attempt.quality().identical()) {
      return "identical outputs";
    }
    Metric metric = attempt.metric();
    double value = attempt.quality().metric(metric).orElse(Double.NaN);
    Optional<Double> psnr =
        attempt.quality().metric(Metric.PSNR_DB).isPresent()
            ? Optional.of(attempt.quality().psnrDb())
            : Optional.empty();
    return metric == Metric.LOG_MEL_DTW
        ? String.format(Locale.ROOT, "a log-mel distance of %.3f", value)
        : String.format(Locale.ROOT, "%.1f dB SQNR", value)
            + psnr.map(p -> String.format(Locale.ROOT, " (PSNR %.1f)", p)).orElse("");
  }
}
