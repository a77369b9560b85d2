/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.Settings;
import dev.sagui.agent.engine.Engine;
import dev.sagui.agent.engine.Session;
import dev.sagui.agent.engine.Trial;
import dev.sagui.agent.serve.ServedModel;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.ReleaseArtifacts;
import dev.sagui.agent.trial.Candidate;
import dev.sagui.agent.trial.Trials;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** From verified files to a model that serves. Owned by the agent's thread. */
final class Installer {
  private final Settings settings;
  private final ArtifactStore store;
  private final Engine engine;
  private final Trials trials;
  private final ManifestCheck check;
  private final ReleaseArtifacts artifacts;

  Installer(
      Settings settings, ArtifactStore store, Engine engine, Trials trials, ManifestCheck check) {
    this.settings = settings;
    this.store = store;
    this.engine = engine;
    this.trials = trials;
    this.check = check;
    this.artifacts =
        new ReleaseArtifacts(
            settings.home(), check, settings.profile().name(), settings.profile().budget());
  }

  /** What releases consist of. */
  ReleaseArtifacts artifacts() {
    return artifacts;
  }

  /**
   * The manifest in signed bytes, if this device may install it now.
   *
   * @param newest highest release sequence accepted
   */
  Manifest believe(byte[] signed, ArtifactName model, long newest) {
    Manifest manifest =
        check.manifest(signed, settings.profile().name(), newest, settings.profile().budget());
    if (!manifest.model().equals(model)) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "the desired state names a release of '%s' for model '%s'"
              .formatted(manifest.model(), model));
    }
    return manifest;
  }

  /**
   * Refuses a release for which a file of it is missing; every file under its final name was
   * verified as a whole.
   */
  void checkFiles(Manifest manifest) {
    for (FileEntry file : manifest.files()) {
      if (store.find(file.digest()).isEmpty()) {
        throw new RejectedException(
            FailureCode.ARTIFACT_DIGEST_MISMATCH, "file '%s' is not here".formatted(file.name()));
      }
    }
  }

  Path stage(Manifest manifest, Digest signed) throws IOException {
    return store.stage(manifest.model(), signed, manifest.files());
  }

  /** Puts a staged release on trial in a process of its own. */
  Trials.Attempt begin(Manifest manifest, Digest signed) throws IOException, UnavailableException {
    return trials.begin(
        new Candidate(
            stage(manifest, signed),
            manifest.entry(),
            manifest.inputs(),
            manifest.outputs(),
            settings.threads(),
            golden(manifest),
            manifest.goldenTolerance(),
            manifest.limits().p95Millis(),
            settings.profile().budget().ramBytes()));
  }

  private Path golden(Manifest manifest) {
    return store
        .find(manifest.golden().digest())
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.ARTIFACT_DIGEST_MISMATCH, "the golden file is not here"));
  }

  /** Loads a release that passed its trial; it must give its golden outputs here too. */
  ServedModel passed(Manifest manifest, Digest signed) throws IOException {
    ServedModel model = open(manifest, signed);
    try {
      new Trial(() -> 0)
          .run(
              model.session(),
              Files.readAllBytes(golden(manifest)),
              manifest.goldenTolerance(),
              Double.POSITIVE_INFINITY);
      return model;
    } catch (RejectedException | IOException e) {
      model.session().close();
      throw e;
    }
  }

  /** A model that was committed before, loaded, and what to report of it. */
  record Committed(ServedModel model, Reported.Running running) {}

  /** Loads a model that was committed before. */
  Committed committed(ArtifactName model, Digest signed) throws IOException {
    Path bytes =
        store
            .find(signed)
            .orElseThrow(
                () ->
                    new RejectedException(
                        FailureCode.ARTIFACT_DIGEST_MISMATCH, "its manifest is not here"));
    Manifest manifest = believe(Files.readAllBytes(bytes), model, 0);
    checkFiles(manifest);
    return new Committed(open(manifest, signed), running(manifest, signed));
  }

  /** What to report of a release that serves. */
  static Reported.Running running(Manifest manifest, Digest signed) {
    return new Reported.Running(
        signed, manifest.variant(), manifest.sequence(), manifest.flashBytes());
  }

  /** The release by its signed manifest, if that is here. */
  Optional<SlotRecord.Target> target(Digest signed) throws IOException {
    Optional<Path> bytes = store.find(signed);
    return bytes.isPresent()
        ? Optional.of(new SlotRecord.Target(signed, Files.size(bytes.get())))
        : Optional.empty();
  }

  /** Takes back what the disk has changed of a release; whether there was any. */
  boolean demoteDamaged(ArtifactName model, Digest signed) throws IOException {
    boolean damaged = false;
    for (Digest artifact : artifacts.of(signed)) {
      damaged |= store.demoteIfDamaged(artifact);
    }
    if (damaged) {
      store.unstage(model, signed);
    }
    return damaged;
  }

  private ServedModel open(Manifest manifest, Digest signed) throws IOException {
    Path folder = stage(manifest, signed);
    Session session =
        engine.open(
            folder, manifest.entry(), manifest.inputs(), manifest.outputs(), settings.threads());
    return new ServedModel(
        manifest.model(),
        manifest.variant(),
        signed,
        manifest.inputs(),
        manifest.outputs(),
        session);
  }
}
