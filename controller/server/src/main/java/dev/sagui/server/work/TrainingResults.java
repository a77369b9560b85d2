/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.train.folder.RunFolder;
import dev.sagui.train.folder.RunResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Stores what a training left in its folder. */
final class TrainingResults {
  private static final List<String> KEPT =
      List.of(
          RunFolder.RECIPE,
          RunFolder.VERSIONS,
          RunFolder.CURVES,
          RunFolder.PICTURE,
          "adapter.safetensors");

  private final BlobFolder blobs;
  private final Imports imports;
  private final Path dataFolder;

  TrainingResults(BlobFolder blobs, Imports imports, Path dataFolder) {
    this.blobs = blobs;
    this.imports = imports;
    this.dataFolder = dataFolder;
  }

  /**
   * The models, not listed yet: that of the name, and one of its name and its own for others beside
   * it.
   *
   * @param bases whose tokenizers the first one has too
   * @param staging new
   */
  List<Model> models(ArtifactName name, Path run, List<Path> bases, Path staging)
      throws IOException {
    List<Model> models = new ArrayList<>();
    Path first = written(run, staging.resolve(name.value()));
    for (Path base : bases) {
      for (Map.Entry<String, byte[]> file :
          Tokenizers.files(OnnxModel.open(base).file()).entrySet()) {
        Files.write(first.resolve(file.getKey()), file.getValue());
      }
    }
    models.add(imports.made(name, first));
    for (Path other : others(run)) {
      ArtifactName own = new ArtifactName(name + "-" + other.getFileName());
      models.add(imports.made(own, written(other, staging.resolve(own.value()))));
    }
    return models;
  }

  private static Path written(Path from, Path folder) throws IOException {
    Files.createDirectories(folder);
    ModelWriter.write(OnnxModel.open(from.resolve(RunFolder.MODEL)), folder, Progress.NONE);
    return folder;
  }

  private static List<Path> others(Path run) throws IOException {
    try (Stream<Path> entries = Files.list(run)) {
      return entries
          .filter(entry -> Files.exists(entry.resolve(RunFolder.MODEL)))
          .sorted()
          .toList();
    }
  }

  /** Recipe, curves, the last samples and the like. */
  List<StoredFile> files(Path run) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (String name : KEPT) {
      Path file = run.resolve(name);
      if (name.equals(RunFolder.RECIPE)) {
        files.add(blobs.put(name, plain(Files.readString(file))));
      } else if (Files.exists(file)) {
        files.add(blobs.put(name, file));
      }
    }
    Optional<Path> last = lastSamples(run.resolve(RunFolder.SAMPLES));
    if (last.isPresent()) {
      files.add(blobs.put(run.relativize(last.get()).toString(), last.get()));
    }
    return files;
  }

  /** With models and data by their names, as it was sent. */
  private byte[] plain(String recipe) {
    return recipe
        .replace(dataFolder + "/", "")
        .replace(": ../" + Trainings.MODELS + "/", ": ")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<Path> lastSamples(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().reduce((first, second) -> second);
    }
  }

  /** As the command line prints it, without the place of the files. */
  static Map<String, Object> report(RunResult result) {
    Map<String, Object> report = new LinkedHashMap<>(result.json());
    report.remove("folder");
    if (report.get("output") instanceof Map<?, ?> output) {
      Map<Object, Object> plain = new LinkedHashMap<>(output);
      plain.remove("file");
      report.put("output", plain);
    }
    return report;
  }
}
