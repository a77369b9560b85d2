/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ModelStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Takes models in: streamed to disk, checked, recorded. */
public final class Imports {
  private final BlobFolder blobs;
  private final ModelStore models;
  private final EventStore events;
  private final Clock clock;

  public Imports(BlobFolder blobs, ModelStore models, EventStore events, Clock clock) {
    this.blobs = blobs;
    this.models = models;
    this.events = events;
    this.clock = clock;
  }

  /**
   * @param tar whether {@code body} is a folder as a tar, else one {@code .onnx} file
   * @throws RejectedException DUPLICATE_NAME, DISK_FULL or what is wrong with the model; nothing is
   *     left behind
   */
  public Model add(ArtifactName name, InputStream body, boolean tar) throws IOException {
    refuseTaken(name);
    try (BlobFolder.Staging staging = blobs.stage()) {
      List<BlobFolder.Staged> files = new ArrayList<>();
      if (tar) {
        new Tar(body).read((file, content) -> files.add(staging.put(plain(file), content)));
      } else {
        files.add(staging.put(name + ".onnx", body));
      }
      ModelFacts facts = open(staging.folder(), files).facts();
      Model model = model(name, facts, publish(staging, files));
      if (!models.add(model)) {
        refuseTaken(name);
      }
      record(model);
      return model;
    } catch (EOFException e) {
      throw new RejectedException(FailureCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  private void refuseTaken(ArtifactName name) {
    if (models.find(name.value()).isPresent()) {
      throw new RejectedException(
          FailureCode.DUPLICATE_NAME,
          "a model named '%s' is there already; choose another name".formatted(name));
    }
  }

  private static OnnxModel open(Path folder, List<BlobFolder.Staged> files) throws IOException {
    try {
      return OnnxModel.open(files.size() == 1 ? files.get(0).path() : folder).runnable();
    } catch (RejectedException e) {
      String message = String.valueOf(e.getMessage()).replace(folder + "/", "");
      throw new RejectedException(e.code(), message, e);
    }
  }

  private static String plain(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    if (!name.equals(file)) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "expected the model's files side by side at the top of the archive, found '%s'"
              .formatted(file));
    }
    return name;
  }

  private List<StoredFile> publish(BlobFolder.Staging staging, List<BlobFolder.Staged> files)
      throws IOException {
    List<StoredFile> stored = new ArrayList<>();
    for (BlobFolder.Staged file : files) {
      Digest chunks = blobs.put(file.stored().chunkDigests()).digest();
      stored.add(
          new StoredFile(file.name(), file.stored().digest(), file.stored().sizeBytes(), chunks));
      staging.publish(file);
    }
    return stored;
  }

  /**
   * A model that a job made, with its files as blobs; it is not listed yet.
   *
   * @param folder with its files and no others
   */
  Model made(ArtifactName name, Path folder) throws IOException {
    ModelFacts facts = OnnxModel.open(folder).runnable().facts();
    List<StoredFile> stored = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        stored.add(blobs.put(file.getFileName().toString(), file));
      }
    }
    return model(name, facts, stored);
  }

  private Model model(ArtifactName name, ModelFacts facts, List<StoredFile> stored) {
    return new Model(
        name,
        digest(stored),
        stored.stream().mapToLong(StoredFile::sizeBytes).sum(),
        facts.opsets().getOrDefault("ai.onnx", 0L),
        facts.parameters(),
        facts.inputs().stream().map(ValueFacts::tensorInfo).toList(),
        facts.outputs().stream().map(ValueFacts::tensorInfo).toList(),
        stored,
        clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
  }

  private static Digest digest(List<StoredFile> files) {
    if (files.size() == 1) {
      return files.get(0).digest();
    }
    MessageDigest sha = Digest.sha256();
    files.forEach(file -> sha.update(file.digest().raw()));
    return Digest.ofRaw(sha.digest());
  }

  private void record(Model model) {
    events.add(
        new Event(
            0,
            clock.instant(),
            "",
            model.name().value(),
            Event.Kind.IMPORTED,
            "",
            "imported %d bytes, %d parameters".formatted(model.bytes(), model.parameters())));
  }
}
