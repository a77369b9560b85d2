/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Jars that only a benchmark needs, fetched by Maven the first time. */
final class Artifacts {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private Artifacts() {}

  static Path fetch(Workshop workshop, String coordinates, String jar) {
    Path file = workshop.cache().resolve(jar);
    if (!Files.exists(file)) {
      String pom = workshop.root().resolve("pom.xml").toString();
      List<String> command =
          List.of(
              "mvn",
              "-q",
              "-B",
              "-N",
              "-f",
              pom,
              "dependency:copy",
              "-Dartifact=" + coordinates,
              "-DoutputDirectory=" + workshop.cache());
      Program.run("mvn", command, LIMIT, workshop.log("mvn"));
    }
    return file;
  }
}
