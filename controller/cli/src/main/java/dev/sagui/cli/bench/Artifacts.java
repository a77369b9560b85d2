/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

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

  /** Copies one entry of a jar into a file, which appears complete or not at all. */
  static void unpack(Path jar, String name, Path target) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(name);
      if (entry == null) {
        throw new BenchException("%s has no %s".formatted(jar, name));
      }
      Path staged = target.resolveSibling(target.getFileName() + ".part");
      try (InputStream in = zip.getInputStream(entry)) {
        Files.deleteIfExists(staged);
        Files.copy(in, staged);
      }
      Files.move(staged, target);
    } catch (IOException e) {
      throw new UncheckedIOException("unpacking " + jar + " failed: " + e.getMessage(), e);
    }
  }
}
