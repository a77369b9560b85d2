/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server;

import dev.sagui.artifact.ArtifactName;
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
    return of(profile, RUNTIME, false, labels);
  }

  /** Of one that takes bench jobs, or not. */
  public static DeviceState.Facts of(String profile, String runtime, boolean benches) {
    return of(profile, runtime, benches, Map.of());
  }

  private static DeviceState.Facts of(
      String profile, String runtime, boolean benches, Map<String, String> labels) {
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
        benches,
        "http://127.0.0.1:1",
        labels);
  }
}
