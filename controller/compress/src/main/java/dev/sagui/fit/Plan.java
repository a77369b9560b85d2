/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import dev.sagui.run.MemoryEstimate;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides which variant a device gets: the best quality whose bytes fit the flash budget, if the
 * model's memory fits the RAM budget.
 *
 * <p>Memory is the same for all variants, since stored weights are float32 again once loaded.
 */
final class Plan {
  private Plan() {}

  static Choice choose(DeviceProfile profile, List<Variant> variants) {
    if (variants.isEmpty()) {
      throw new IllegalArgumentException("expected variants to choose from, got none");
    }
    Budget budget = profile.budget();
    long ram = ramBytes(variants);
    if (ram > budget.ramBytes()) {
      return refusal(
          profile,
          "no variant fits: loading it takes about %s of memory, the RAM budget of %s is %s"
              .formatted(size(ram), profile.name(), size(budget.ramBytes())));
    }
    return variants.stream()
        .filter(variant -> variant.bytes() <= budget.flashBytes())
        .max(BY_QUALITY)
        .map(best -> new Choice(profile.name(), Optional.of(best), reason(best, budget, variants)))
        .orElseGet(() -> refusal(profile, tooLarge(profile, variants)));
  }

  static long ramBytes(List<Variant> variants) {
    return MemoryEstimate.peakBytes(variants.stream().mapToLong(Variant::bytes).max().orElse(0));
  }

  private static final Comparator<Variant> BY_QUALITY =
      Comparator.comparingDouble(Plan::quality)
          .thenComparing(Comparator.comparingLong(Variant::bytes).reversed());

  private static double quality(Variant variant) {
    return Double.isNaN(variant.psnrDb()) ? Double.NEGATIVE_INFINITY : variant.psnrDb();
  }

  private static String reason(Variant best, Budget budget, List<Variant> variants) {
    String fits =
        "%s: %s fits the flash budget of %s"
            .formatted(best.name(), size(best.bytes()), size(budget.flashBytes()));
    return variants.stream()
        .filter(variant -> BY_QUALITY.compare(variant, best) > 0)
        .min(Comparator.comparingLong(Variant::bytes))
        .map(next -> "%s; %s needs %s".formatted(fits, next.name(), size(next.bytes())))
        .orElse(fits + " at full quality");
  }

  private static String tooLarge(DeviceProfile profile, List<Variant> variants) {
    Variant smallest =
        variants.stream().min(Comparator.comparingLong(Variant::bytes)).orElseThrow();
    return "no variant fits the flash budget of %s of %s: the smallest, %s, needs %s"
        .formatted(
            size(profile.budget().flashBytes()),
            profile.name(),
            smallest.name(),
            size(smallest.bytes()));
  }

  private static Choice refusal(DeviceProfile profile, String reason) {
    return new Choice(profile.name(), Optional.empty(), reason);
  }

  static String size(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    if (bytes < 10_000_000) {
      return Math.round(bytes / 1e3) + " kB";
    }
    return bytes < 10_000_000_000L
        ? Math.round(bytes / 1e6) + " MB"
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
