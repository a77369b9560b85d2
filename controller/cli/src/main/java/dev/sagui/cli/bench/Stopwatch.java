/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Times a pull from outside: from the first file whose name starts with the artifact's digest to
 * the file of that very name with all its bytes, which by the agent's rule is checked and forced.
 */
record Stopwatch(Program receiver, Program controller) {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(5);

  Pull time(Path home, String digest, long bytes) {
    Until.present("the pull to start", receiver, LIMIT, PAUSE, () -> find(home, digest));
    long from = System.nanoTime();
    Duration cpu = receiver.cpu();
    Duration controllerCpu = controller.cpu();
    Until.present(
        "the pull to end",
        receiver,
        LIMIT,
        PAUSE,
        () -> find(home, digest).filter(path -> isWhole(path, digest, bytes)));
    double seconds = (System.nanoTime() - from) / 1e9;
    return new Pull(
        bytes,
        seconds,
        receiver.cpu().minus(cpu).toNanos() / 1e9,
        controller.cpu().minus(controllerCpu).toNanos() / 1e9);
  }

  /** The final file if there is one, else a staged one. */
  private static Optional<Path> find(Path home, String digest) {
    try (Stream<Path> all = Files.walk(home)) {
      return all.filter(path -> name(path).startsWith(digest))
          .min(Comparator.comparingInt(path -> name(path).length()));
    } catch (IOException | UncheckedIOException renamedMeanwhile) {
      return Optional.empty();
    }
  }

  private static boolean isWhole(Path path, String digest, long bytes) {
    try {
      return name(path).equals(digest) && Files.size(path) == bytes;
    } catch (IOException renamedMeanwhile) {
      return false;
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
