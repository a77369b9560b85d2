/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Two processes that train one net in turns; the peer may be absent.
 *
 * @param ours milliseconds of a step
 * @param gradientError max|Δ| / max|g| of the worst parameter
 */
record TrainRace(
    double ours,
    OptionalDouble peers,
    double megabytes,
    OptionalDouble peersMegabytes,
    double cpuSeconds,
    double peersCpuSeconds,
    OptionalDouble gradientError) {
  /**
   * Of the net's largest gradient: less is rounding where there is no gradient, as in key biases.
   */
  private static final double NOTHING = 1e-5;

  static TrainRace run(
      Workshop workshop,
      Optional<TrainPeer> peer,
      Path model,
      Path samples,
      int threads,
      int rounds,
      int steps)
      throws IOException {
    List<String> command =
        List.of(
            Workshop.javaCommand(),
            "-XX:+UseSerialGC",
            "-Xms16m",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            TrainProgram.class.getName(),
            model.toString(),
            samples.toString(),
            Integer.toString(threads));
    try (Stepper ours = Stepper.start("Sagui", command, workshop.log("train"))) {
      if (peer.isEmpty()) {
        return alone(ours, rounds, steps);
      }
      try (Stepper theirs = peer.get().stepper(model, samples, threads)) {
        Path mine = model.resolveSibling("gradient-" + threads);
        Path other = model.resolveSibling("gradient-peer-" + threads);
        ours.gradient(mine);
        theirs.gradient(other);
        ours.warm(2 * steps);
        theirs.warm(2 * steps);
        for (int i = 0; i < rounds; i++) {
          ours.steps(steps);
          theirs.steps(steps);
        }
        return new TrainRace(
            ours.p10Millis(),
            OptionalDouble.of(theirs.p10Millis()),
            ours.peakBytes() / 1e6,
            OptionalDouble.of(theirs.peakBytes() / 1e6),
            ours.cpuSeconds(),
            theirs.cpuSeconds(),
            OptionalDouble.of(worst(mine, other)));
      }
    }
  }

  private static TrainRace alone(Stepper ours, int rounds, int steps) {
    ours.warm(2 * steps);
    ours.steps(rounds * steps);
    return new TrainRace(
        ours.p10Millis(),
        OptionalDouble.empty(),
        ours.peakBytes() / 1e6,
        OptionalDouble.empty(),
        ours.cpuSeconds(),
        0,
        OptionalDouble.empty());
  }

  private static double worst(Path mine, Path other) throws IOException {
    Map<String, Tensor> found = new HashMap<>();
    Safetensors.parse(Files.readAllBytes(mine)).forEach(t -> found.put(t.name(), t));
    List<Tensor> all = Safetensors.parse(Files.readAllBytes(other));
    double largest = 0;
    for (Tensor expected : all) {
      largest = Math.max(largest, largest(expected.floats()));
    }
    double worst = 0;
    for (Tensor expected : all) {
      Tensor actual = found.get(expected.name());
      if (actual == null) {
        throw new BenchException("no gradient of '%s'".formatted(expected.name()));
      }
      float[] wanted = expected.floats();
      double scale = Math.max(largest(wanted), NOTHING * largest);
      worst = Math.max(worst, largest(difference(wanted, actual.floats())) / scale);
    }
    return worst;
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static float[] difference(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }
}
