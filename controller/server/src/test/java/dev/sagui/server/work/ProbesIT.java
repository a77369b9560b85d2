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
import dev.sagui.server.PackagedAgent;
import dev.sagui.server.mqtt.LinkedController;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BenchedDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private final MovedClock clock = new MovedClock();
  private LinkedController controller;
  private BenchedDevices benched;
  private DeviceProfile profile;

  @BeforeEach
  void start() throws Exception {
    Profiles profiles = Profiles.read(Optional.of(profiles()));
    profile = profiles.get(PROFILE);
    controller = LinkedController.start(folder, profiles, clock);
    benched = new BenchedDevices(new BenchStore(controller.database()), profiles::find);
    controller.benches().start(controller.link());
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

  @AfterEach
  void stop() throws Exception {
    controller.close();
  }

  @Test
  void aDeviceThatCameIsProbedByItsAgentOverTheBroker() throws Exception {
    await(
        "the controller to listen",
        () -> Optional.of(true).filter(yes -> controller.link().isListening()));
    try (PackagedAgent agent = agent()) {
      await(
          "two jobs",
          () -> Optional.of(controller.benches().list(0, 9)).filter(jobs -> jobs.size() == 2));
      assertEquals(Map.of(), speeds(), agent.said());
      clock.move(Probes.QUIET);
      Speeds speeds = await("speeds", () -> Optional.ofNullable(speeds().get(DEVICE)));
      assertTrue(speeds.fp32Gflops() > 1 && speeds.fp32Gflops() < 10_000, speeds.toString());
      assertTrue(speeds.int8Gops() > 1 && speeds.int8Gops() < 100_000, speeds.toString());
      assertTrue(speeds.memoryGbs() > 0.1 && speeds.memoryGbs() < 10_000, speeds.toString());
      assertTrue(speeds.callMillis().orElseThrow() > 0, speeds.toString());
      assertEquals(Optional.of(Speeds.median(List.of(speeds))), benched.probed(profile).speeds());
      assertEquals(
          Optional.empty(),
          controller.devices().find(DEVICE.value()).orElseThrow().benchQuarantine());
    }
  }

  private Map<DeviceId, Speeds> speeds() {
    return benched.speeds(List.of(DEVICE.value()));
  }

  private PackagedAgent agent() throws IOException {
    Path trust = Files.writeString(folder.resolve("trust.pub"), controller.key().trusted().pem());
    Map<String, Object> ready =
        Map.of("trust", trust.toString(), "mqtt_url", controller.broker().url().toString());
    return PackagedAgent.start(
        folder.resolve("device"),
        Fields.parse(Json.write(ready)),
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
