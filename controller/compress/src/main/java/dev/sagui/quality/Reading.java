/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/** What a metric's value says, in words, read against its null scale. */
public final class Reading {
  private static final Set<Metric> SAMPLE_BY_SAMPLE =
      Set.of(Metric.PSNR_DB, Metric.SQNR_DB, Metric.COSINE);

  private Reading() {}

  /** A few words on one metric; empty when there is nothing to read it against. */
  public static String of(Metric metric, Quality quality) {
    double value = quality.metric(metric).orElse(Double.NaN);
    if (Double.isNaN(value)) {
      return "not a number: the outputs are broken";
    }
    if (quality.kind() == ModelKind.AUDIO && SAMPLE_BY_SAMPLE.contains(metric)) {
      return quality.identical()
          ? "no difference"
          : "says little of sound, where a shift of phase counts as an error";
    }
    return switch (metric) {
      case PERPLEXITY -> perplexity(value, quality);
      case PERPLEXITY_REFERENCE -> "";
      case LENGTH_RATIO -> length(value);
      case PAUSE_DB -> pauses(value);
      case PAUSE_FLATNESS -> flatness(value);
      case DIVERSITY_RATIO -> diversity(value, quality.nullScale().of(metric));
      default ->
          quality.nullScale().of(metric).stream()
              .mapToObj(scale -> metric.isOfSets() ? set(value, scale) : pair(metric, value, scale))
              .findFirst()
              .orElse("");
    };
  }

  /** One sentence on the candidate B against the reference A. */
  public static String summary(Quality quality) {
    if (quality.identical()) {
      return "B gives what A gives, to the bit.";
    }
    Metric pairs = leading(quality);
    String first = of(pairs, quality);
    Metric sets = quality.kind() == ModelKind.AUDIO ? Metric.SPECTRUM_DISTANCE : Metric.SWD;
    String second = quality.metric(sets).isPresent() ? of(sets, quality) : "";
    return "B against A, output by output (%s): %s%s."
        .formatted(
            pairs.key(),
            first.isEmpty() ? "no scale to read it by" : first,
            second.isEmpty() ? "" : "; as a set (%s): %s".formatted(sets.key(), second));
  }

  private static Metric leading(Quality quality) {
    boolean asLong = quality.metric(Metric.LENGTH_RATIO).orElse(1) == 1;
    return switch (quality.kind()) {
      case IMAGE -> Metric.SSIM;
      case AUDIO -> asLong ? Metric.LOG_MEL_L1 : Metric.LOG_MEL_DTW;
      case LANGUAGE -> Metric.KL;
      case VECTOR -> Metric.SQNR_DB;
    };
  }

  private static String pair(Metric metric, double value, double scale) {
    double share = share(metric, value, scale);
    if (Double.isNaN(share)) {
      return "";
    }
    if (share == 0) {
      return "no difference";
    }
    String of = String.format(Locale.ROOT, "%.2g %% of the way to unrelated outputs", 100 * share);
    if (share < 0.01) {
      return "next to no difference";
    }
    if (share < 0.1) {
      return "a slight difference, " + of;
    }
    return share < 0.9 ? "a plain difference, " + of : "as far as unrelated outputs are";
  }

  /** 0 is the metric's best, 1 what unrelated outputs have. */
  private static double share(Metric metric, double value, double scale) {
    return switch (metric) {
      case PSNR_DB, SQNR_DB -> Math.pow(10, (scale - value) / 20);
      default ->
          switch (metric.best()) {
            case HIGHEST -> (1 - value) / (1 - scale);
            case LOWEST, ZERO -> Math.abs(value) / Math.abs(scale);
            case ONE -> Math.abs(Math.log(value) / Math.log(scale));
          };
    };
  }

  private static String set(double value, double scale) {
    if (value <= scale) {
      return "no difference beyond chance";
    }
    String times = String.format(Locale.ROOT, "%.1f times what chance gives", value / scale);
    return (value <= 3 * scale ? "a slight difference, " : "a plain difference, ") + times;
  }

  private static String diversity(double value, OptionalDouble chance) {
    if (chance.isEmpty()) {
      return "";
    }
    double least = chance.getAsDouble();
    if (Math.min(value, 1 / value) >= least) {
      return "as varied as A, within chance";
    }
    return value < 1 ? "less varied than A" : "more varied than A";
  }

  private static String length(double value) {
    if (value == 1) {
      return "as long";
    }
    return String.format(
        Locale.ROOT, "%.2f %% %s", 100 * Math.abs(value - 1), value > 1 ? "longer" : "shorter");
  }

  private static String pauses(double value) {
    if (Math.abs(value) < 1) {
      return "pauses are as quiet";
    }
    return String.format(
        Locale.ROOT, "pauses are %.1f dB %s", Math.abs(value), value > 0 ? "louder" : "quieter");
  }

  private static String flatness(double value) {
    if (Math.abs(value) < 0.05) {
      return "pauses sound alike";
    }
    return value > 0 ? "pauses are nearer to hiss" : "pauses are nearer to a tone";
  }

  private static String perplexity(double value, Quality quality) {
    return quality.metric(Metric.PERPLEXITY_REFERENCE).stream()
        .mapToObj(of -> String.format(Locale.ROOT, "%.4g times A's", value / of))
        .findFirst()
        .orElse("");
  }
}
