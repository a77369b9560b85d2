/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.fit.SpeedProbe;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** How fast devices are, by what they measured of the probe's graphs. */
public final class DeviceSpeeds {
  /** Name of the probe's benches in place of a model's. */
  public static final String MODEL = "probe";

  /** A convolution in int8 against the same one in float32. */
  public static final String CONVOLUTIONS = "conv-int8-fp32";

  /** A run that computes next to nothing against a product that reads a large matrix. */
  public static final String CALL_AND_PRODUCT = "call-product";

  private DeviceSpeeds() {}

  /**
   * Of each device that has measured both pairs, and whose profile is known.
   *
   * @param probes that were measured, of each device at most one of a pair
   */
  public static Map<DeviceId, Speeds> of(
      Collection<Bench> probes, Function<String, Optional<DeviceProfile>> profiles) {
    Map<DeviceId, Map<String, Bench>> byDevice = new HashMap<>();
    probes.forEach(
        probe ->
            byDevice
                .computeIfAbsent(probe.subject().only().orElseThrow(), one -> new HashMap<>())
                .put(probe.variant(), probe));
    Map<DeviceId, Speeds> speeds = new TreeMap<>();
    byDevice.forEach(
        (device, pairs) -> {
          Bench convolutions = pairs.get(CONVOLUTIONS);
          Bench others = pairs.get(CALL_AND_PRODUCT);
          if (convolutions != null && others != null) {
            profiles
                .apply(others.subject().profile())
                .map(profile -> speeds(profile, result(convolutions), result(others)))
                .ifPresent(known -> speeds.put(device, known));
          }
        });
    return speeds;
  }

  /** What a probe's pair has as its reference, for people. */
  static String reference(String pair) {
    return pair.equals(CONVOLUTIONS)
        ? "the probe's float32 convolution"
        : "the probe's product with a large matrix";
  }

  private static BenchResult result(Bench done) {
    return done.result().orElseThrow();
  }

  private static Speeds speeds(
      DeviceProfile profile, BenchResult convolutions, BenchResult others) {
    return SpeedProbe.speeds(
        profile,
        new SpeedProbe.Millis(
            convolutions.reference().p10Millis(),
            convolutions.candidate().p10Millis(),
            others.reference().p10Millis(),
            others.candidate().p10Millis()),
        fastest(convolutions.storageGbs(), others.storageGbs()));
  }

  /** What else the disk had to do makes it slower, and nothing faster. */
  private static OptionalDouble fastest(OptionalDouble one, OptionalDouble other) {
    return Stream.of(one, other).flatMapToDouble(OptionalDouble::stream).max();
  }
}
