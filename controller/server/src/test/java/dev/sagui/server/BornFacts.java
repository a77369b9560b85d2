/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Conditions;
import dev.sagui.wire.DeviceState;
import java.util.List;
import java.util.Map;

/** What a device of the tests tells of itself at birth. */
public final class BornFacts {
  /** Of ONNX Runtime. */
  private static final String RUNTIME = "1.29.0";

  private BornFacts() {}

  /** Of one that takes no bench jobs. */
  public static DeviceState.Facts of(String profile, Map<String, String> labels) {
    return of(profile, Conditions.UNKNOWN, RUNTIME, false, labels);
  }

  /** Of one that takes bench jobs, or not. */
  public static DeviceState.Facts of(String profile, String runtime, boolean benches) {
    return of(profile, Conditions.UNKNOWN, runtime, benches, Map.of());
  }

  /** Of one whose cores are clocked like that. */
  public static DeviceState.Facts of(String profile, Conditions conditions) {
    return of(profile, conditions, RUNTIME, false, Map.of());
  }

  private static DeviceState.Facts of(
      String profile,
      Conditions conditions,
      String runtime,
      boolean benches,
      Map<String, String> labels) {
    return new DeviceState.Facts(
        new ArtifactName(profile),
        "it is configured",
        "aarch64",
        List.of(),
        4,
        8L << 30,
        4L << 30,
        1L << 30,
        runtime,
        "0.1.0",
        conditions,
        benches,
        "http://127.0.0.1:1",
        labels);
  }
}
