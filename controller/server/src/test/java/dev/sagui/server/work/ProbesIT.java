/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.PackagedAgent;
import dev.sagui.server.Settings;
import dev.sagui.server.mqtt.EmbeddedBroker;
import dev.sagui.server.mqtt.PahoLink;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BenchedDevices;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent is probed by the controller's parts, whose minute of quiet has passed. */
class ProbesIT {
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final String PROFILE = "any-board";
  private static final int TRIES = 1_200;

  @TempDir Path folder;

  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final MovedClock clock = new MovedClock();
  private EmbeddedBroker broker;
  private Database database;
  private DeviceStore devices;
  private Benches benches;
  private BenchedDevices benched;
  private DeviceProfile profile;
  private PahoLink link;

  @BeforeEach
  void start() throws Exception {
    broker =
        EmbeddedBroker.start(
            "127.0.0.1", 0, Optional.empty(), Optional.empty(), folder.resolve("broker"));
    database = Database.open(folder.resolve("sagui.db"));
    devices = new DeviceStore(database);
    Profiles profiles = Profiles.read(Optional.of(profiles()));
    profile = profiles.get(PROFILE);
    EventStore events = new EventStore(database);
    BenchStore store = new BenchStore(database);
    BlobFolder blobs = new BlobFolder(folder.resolve("blobs"), Long.MAX_VALUE);
    benched = new BenchedDevices(store, profiles::find);
    benches = new Benches(store, devices, key, events, clock);
    Rollouts rollouts = new Rollouts(devices, new DesiredStore(database), key, events, clock);
    Inbox.Desks desks =
        new Inbox.Desks(rollouts, benches, new Probes(benches, profiles, blobs, key));
    Inbox inbox = new Inbox(devices, new ReportStore(database, events), desks, events, clock);
    link = new PahoLink(broker.url(), settings(), inbox, rollouts, blobs);
    link.start();
    benches.start(link);
  }

  /** One of nothing but this machine, of which no peak is known. */
  private Path profiles() throws IOException {
    Path profiles = Files.createDirectories(folder.resolve("profiles"));
    Map<String, Object> any =
        Map.of(
            "name",
            PROFILE,
            "board",
            "any",
            "architecture",
            System.getProperty("os.arch"),
            "isa_flags",
            List.of(),
            "cores",
            1,
            "ram_bytes",
            1L << 30,
            "threads",
            1,
            "budget",
            Map.of("flash_bytes", 1L << 30, "ram_bytes", 1L << 30));
    Files.write(profiles.resolve(PROFILE + ".json"), Json.write(any));
    return profiles;
  }

  private Settings settings() {
    return new Settings(
        folder,
        "127.0.0.1",
        0,
        Optional.empty(),
        "127.0.0.1",
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        new Topics("sagui", "default"),
        Optional.empty(),
        Long.MAX_VALUE,
        Duration.ofDays(7),
        new Settings.Worker(false, new Jobs.Pool(1, Duration.ofSeconds(5))));
  }

  @AfterEach
  void stop() throws Exception {
    benches.close();
    link.close();
    broker.close();
    database.close();
  }

  @Test
  void aDeviceThatCameIsProbedByItsAgentOverTheBroker() throws Exception {
    await("the controller to listen", () -> Optional.of(true).filter(yes -> link.isListening()));
    try (PackagedAgent agent = agent()) {
      await("two jobs", () -> Optional.of(benches.list(0, 9)).filter(jobs -> jobs.size() == 2));
      assertEquals(Map.of(), speeds(), agent.said());
      clock.move(Probes.QUIET);
      Speeds speeds = await("speeds", () -> Optional.ofNullable(speeds().get(DEVICE)));
      assertTrue(speeds.fp32Gflops() > 1 && speeds.fp32Gflops() < 10_000, speeds.toString());
      assertTrue(speeds.int8Gops() > 1 && speeds.int8Gops() < 100_000, speeds.toString());
      assertTrue(speeds.memoryGbs() > 0.1 && speeds.memoryGbs() < 10_000, speeds.toString());
      assertTrue(speeds.callMillis().orElseThrow() > 0, speeds.toString());
      assertEquals(Optional.of(Speeds.median(List.of(speeds))), benched.probed(profile).speeds());
      assertEquals(Optional.empty(), devices.find(DEVICE.value()).orElseThrow().benchQuarantine());
    }
  }

  private Map<DeviceId, Speeds> speeds() {
    return benched.speeds(List.of(DEVICE.value()));
  }

  private PackagedAgent agent() throws IOException {
    Path trust = Files.writeString(folder.resolve("trust.pub"), key.trusted().pem());
    Map<String, Object> controller =
        Map.of("trust", trust.toString(), "mqtt_url", broker.url().toString());
    return PackagedAgent.start(
        folder.resolve("device"),
        Fields.parse(Json.write(controller)),
        Map.of(
            "sagui.device",
            DEVICE.value(),
            "sagui.profile",
            PROFILE,
            "sagui.profiles",
            folder.resolve("profiles").toString(),
            "sagui.bench.enabled",
            "true",
            "sagui.bench.idle",
            "PT0S",
            "sagui.bench.time",
            "PT1S"));
  }

  /** A question that is asked until it has an answer. */
  private interface Question<T> {
    Optional<T> ask();
  }

  private static <T> T await(String what, Question<T> question) throws InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Optional<T> answer = question.ask();
      if (answer.isPresent()) {
        return answer.get();
      }
      Thread.sleep(50);
    }
    throw new AssertionError("waited in vain for " + what);
  }
}
