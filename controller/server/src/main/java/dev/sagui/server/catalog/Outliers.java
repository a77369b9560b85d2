/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Devices that are not as fast as the others of their profile: the same model took them a time that
 * is off the others' median by over 20 % and over three times the others' scatter (median absolute
 * deviation, as a standard deviation: × 1.4826). Benches run each model as it came beside its
 * variant, so that devices are compared on the same bytes; probes run the same graphs everywhere.
 */
public final class Outliers {
  private static final double LEAST_SHARE = 0.2;
  private static final double MOST_SCATTERS = 3;
  private static final double SCATTER_OF_MAD = 1.4826;
  private static final int FEWEST_OTHERS = 2;

  private Outliers() {}

  /** What is compared: devices of one profile and runtime, on one model. */
  private record Ground(Digest reference, String profile, String runtime, String what) {
    static Ground of(Bench bench) {
      Bench.Subject subject = bench.subject();
      return new Ground(
          subject.reference(),
          subject.profile(),
          subject.runtime(),
          bench.isProbe()
              ? DeviceSpeeds.reference(bench.variant())
              : "'%s' as it came".formatted(bench.model()));
    }
  }

  /** Why each of them is one, by device; of several grounds the first by model. */
  public static Map<DeviceId, String> of(Collection<Bench> benches) {
    Map<Ground, Map<DeviceId, List<Double>>> measured = new HashMap<>();
    for (Bench bench : benches) {
      if (bench.device().isPresent() && bench.result().isPresent()) {
        measured
            .computeIfAbsent(Ground.of(bench), ground -> new TreeMap<>())
            .computeIfAbsent(bench.device().get(), device -> new ArrayList<>())
            .add(bench.result().get().reference().p10Millis());
      }
    }
    Map<DeviceId, String> flagged = new TreeMap<>();
    measured.forEach((ground, byDevice) -> flag(ground, byDevice, flagged));
    return flagged;
  }

  private static void flag(
      Ground ground, Map<DeviceId, List<Double>> byDevice, Map<DeviceId, String> flagged) {
    Map<DeviceId, Double> typical = new TreeMap<>();
    byDevice.forEach((device, millis) -> typical.put(device, median(millis)));
    typical.forEach(
        (device, millis) -> {
          Map<DeviceId, Double> others = new TreeMap<>(typical);
          others.remove(device);
          why(millis, List.copyOf(others.values()), ground)
              .ifPresent(reason -> flagged.merge(device, reason, Outliers::first));
        });
  }

  private static String first(String one, String other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Optional<String> why(double millis, List<Double> others, Ground ground) {
    if (others.size() < FEWEST_OTHERS) {
      return Optional.empty();
    }
    double usual = median(others);
    double scatter =
        SCATTER_OF_MAD * median(others.stream().map(one -> Math.abs(one - usual)).toList());
    double off = Math.abs(millis - usual);
    return off > LEAST_SHARE * usual && off > MOST_SCATTERS * scatter
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%.3g ms for %s, which takes the %d others of '%s' %.3g ms (scatter %.2g)",
                millis,
                ground.what,
                others.size(),
                ground.profile,
                usual,
                scatter))
        : Optional.empty();
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
