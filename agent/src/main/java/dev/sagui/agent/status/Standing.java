/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.status;

import dev.sagui.agent.config.KeystoreFile;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.store.Inventory;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.store.ReleaseArtifacts;
import dev.sagui.agent.store.Wear;
import dev.sagui.agent.update.AgentRecord;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.ManifestCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a device stands, by its folder alone.
 *
 * @param process the agent that runs on the folder, if one does
 * @param releases manifests that lie here, of releases that slots name
 * @param written bytes by day in UTC
 * @param quotaBytes of all artifacts; 0 is no limit
 * @param keystore what it shows its broker
 */
record Standing(
    DeviceId device,
    Path home,
    Optional<Running> process,
    AgentRecord record,
    Map<Digest, Manifest> releases,
    Inventory store,
    Map<LocalDate, Long> written,
    long quotaBytes,
    Optional<KeystoreFile> keystore) {

  /** An agent that runs. */
  record Running(long pid, String serveUrl) {}

  /**
   * Reads the folder and changes nothing; beside a running agent it is as of the last state saved.
   *
   * @throws RejectedException NOT_FOUND when no agent has run there
   */
  static Standing read(Settings settings) throws IOException {
    Path home = settings.home();
    if (!Files.isDirectory(home)) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "no agent has run on '%s'; give its --config FILE, or set SAGUI_HOME".formatted(home));
    }
    ReleaseArtifacts artifacts =
        new ReleaseArtifacts(
            home,
            new ManifestCheck(List.of(settings.trust())),
            settings.profile().name(),
            settings.profile().budget());
    AgentRecord record = new Journal(home).load();
    Map<Digest, Manifest> releases = new LinkedHashMap<>();
    for (Digest release : record.uses().keySet()) {
      artifacts.find(release).ifPresent(manifest -> releases.put(release, manifest));
    }
    return new Standing(
        settings.device(),
        home,
        process(home.resolve("agent.json")),
        record,
        releases,
        Inventory.read(home, artifacts.uses(record.uses(), record.differences())),
        Wear.read(home),
        settings.quotaBytes(),
        settings.mqttKeystore());
  }

  private static Optional<Running> process(Path file) throws IOException {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    Fields said = Fields.parse(Files.readAllBytes(file));
    Running running = new Running(said.integer("pid"), said.string("serve_url"));
    return ProcessHandle.of(running.pid).isPresent() ? Optional.of(running) : Optional.empty();
  }
}
