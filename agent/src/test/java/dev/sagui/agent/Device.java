/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.BenchSettings;
import dev.sagui.agent.config.KeystoreFile;
import dev.sagui.agent.config.MaintenanceWindow;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.config.WebSettings;
import dev.sagui.agent.engine.FakeEngine;
import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.store.Wear;
import dev.sagui.agent.trial.FakeTrials;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** An agent on a folder, with a link, an engine and a clock that a test holds in its hands. */
final class Device {
  static final DeviceId ID = new DeviceId("kitchen");
  static final Duration INTERVAL = Duration.ofSeconds(60);
  static final SigningKey KEY = new SigningKey(SigningKey.generate());
  static final Duration SOAK = Duration.ofSeconds(1);

  private long nanos;
  final FakeLink link = new FakeLink();
  final FakeEngine engine = new FakeEngine();
  final FakeTrials trials = new FakeTrials(engine, () -> nanos);
  final ModelTable models = new ModelTable();
  final AgentMetrics metrics = new AgentMetrics("fake-board");
  final Agent agent;
  private final FakeController controller;
  final Settings settings;
  final TickingClock wallClock = new TickingClock(() -> nanos);
  private long freeMemory = 1L << 40;
  private final Deque<Runnable> readings = new ArrayDeque<>();
  private boolean readersAsleep;
  private int readingsBegun;

  Device(Path home, FakeController controller) throws IOException {
    this(home, controller, MaintenanceWindow.ALWAYS);
  }

  Device(Path home, FakeController controller, MaintenanceWindow window) throws IOException {
    this(home, controller, window, 0);
  }

  Device(Path home, FakeController controller, MaintenanceWindow window, long quotaBytes)
      throws IOException {
    this(
        controller,
        settings(home, controller.key().trusted(), window, quotaBytes, Optional.empty()));
  }

  Device(Path home, FakeController controller, KeystoreFile shown) throws IOException {
    this(
        controller,
        settings(
            home, controller.key().trusted(), MaintenanceWindow.ALWAYS, 0, Optional.of(shown)));
  }

  private Device(FakeController controller, Settings settings) throws IOException {
    this.controller = controller;
    this.settings = settings;
    Path home = settings.home();
    ArtifactStore store = new ArtifactStore(home);
    ManifestCheck check = new ManifestCheck(List.of(settings.trust()));
    Installer installer = new Installer(settings, store, engine, trials, check);
    agent =
        new Agent(
            new Agent.Parts(
                settings,
                "instance-1",
                store,
                new Journal(home),
                new Wear(home, wallClock, Wear::ofThisProcess),
                new Attestor(
                    new Attestor.Signer(ID, KEY, "0.1.0", () -> "1.29.0"),
                    new Readings(store, installer.artifacts(), this::read)),
                installer,
                task -> {
                  throw new UnavailableException("no benches here");
                },
                check,
                models,
                metrics,
                () -> freeMemory,
                () -> nanos,
                wallClock),
            link);
    agent.resume();
    connected();
  }

  /** A connection came to stand now. */
  void connected() throws IOException {
    agent.connected(new byte[0], nanos);
  }

  static Settings settings(Path home, TrustedKey trust) {
    return settings(home, trust, MaintenanceWindow.ALWAYS, 0, Optional.empty());
  }

  private static Settings settings(
      Path home,
      TrustedKey trust,
      MaintenanceWindow window,
      long quotaBytes,
      Optional<KeystoreFile> keystore) {
    Budget budget = new Budget(1 << 30, 1 << 30, 1_000);
    return new Settings(
        home,
        ID,
        new DeviceProfile(
            FakeController.PROFILE,
            "fake",
            "amd64",
            List.of(),
            1,
            1 << 30,
            1,
            budget,
            Optional.empty()),
        "it is configured",
        Map.of(),
        URI.create("tcp://127.0.0.1:1883"),
        Optional.empty(),
        Optional.empty(),
        keystore,
        new Topics("sagui", "default"),
        trust,
        "127.0.0.1",
        0,
        1,
        INTERVAL,
        0,
        WebSettings.NONE,
        OptionalLong.empty(),
        SOAK,
        window,
        quotaBytes,
        BenchSettings.OFF);
  }

  void desired(long sequence, Map<String, FakeController.Release> releases) throws IOException {
    agent.arrived(Channel.DESIRED, controller.desired(ID, sequence, releases));
  }

  void desired(long sequence, Map<String, FakeController.Release> releases, Nonce nonce)
      throws IOException {
    agent.arrived(Channel.DESIRED, controller.desired(ID, sequence, releases, Optional.of(nonce)));
  }

  private void read(Runnable reading) {
    readingsBegun++;
    if (readersAsleep) {
      readings.add(reading);
    } else {
      reading.run();
    }
  }

  /** From now on files are read for statements only by {@link #readOne()}. */
  void delayReadings() {
    readersAsleep = true;
  }

  void readOne() {
    readings.remove().run();
  }

  /** How often a release's files were to be read for a statement. */
  int readingsBegun() {
    return readingsBegun;
  }

  /** What the device has left from now on. */
  void freeMemory(long bytes) {
    freeMemory = bytes;
  }

  /** Lets time pass and the controller answer until the agent rests, or waits. */
  void settle() throws IOException {
    for (int round = 0; agent.isBusy() || isOnProbation(); round++) {
      if (round > 10_000) {
        throw new AssertionError("the agent never rests; it reports " + reported());
      }
      step();
    }
  }

  /** As {@link #settle()}, but no further than to probation. */
  void prove() throws IOException {
    for (int round = 0; agent.isBusy(); round++) {
      if (round > 10_000) {
        throw new AssertionError("the trial never ends; it reports " + reported());
      }
      step();
    }
  }

  private boolean isOnProbation() {
    return reported().slots().stream().anyMatch(slot -> slot.state() == SlotState.PROBATION);
  }

  /** 20 ms, with one round of the controller's answers. */
  void step() throws IOException {
    pass(Duration.ofMillis(20));
    for (byte[] request : link.take(Channel.CHUNK_REQUEST)) {
      for (byte[] chunk : controller.answer(ChunkRequest.parse(request))) {
        agent.arrived(Channel.CHUNK_RESPONSE, chunk);
      }
    }
  }

  void pass(Duration time) throws IOException {
    nanos += time.toNanos();
    agent.tick();
  }

  /** The last report sent. */
  Reported reported() {
    return Reported.parse(link.last(Channel.REPORTED));
  }

  Reported.Slot slot(String model) {
    return reported().slots().stream()
        .filter(slot -> slot.model().value().equals(model))
        .findFirst()
        .orElseThrow();
  }
}
