/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Two processes that train one net in turns; the peer may be absent.
 *
 * @param ours milliseconds of a step
 */
record TrainRace(
    double ours,
    OptionalDouble peers,
    double megabytes,
    OptionalDouble peersMegabytes,
    double cpuSeconds,
    double peersCpuSeconds) {
  static TrainRace run(
      Workshop workshop,
      Optional<TrainPeer> peer,
      Path model,
      Path samples,
      int threads,
      int rounds,
      int steps) {
    try (Stepper ours = ours(workshop, model, samples, threads)) {
      if (peer.isEmpty()) {
        return alone(ours, rounds, steps);
      }
      try (Stepper theirs = peer.get().stepper(model, samples, threads)) {
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
            theirs.cpuSeconds());
      }
    }
  }

  /** Trains a model on samples. */
  static Stepper ours(Workshop workshop, Path model, Path samples, int threads) {
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
    return Stepper.start("Sagui", command, workshop.log("train"));
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
        0);
  }
}
