/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.manifest.Nonce;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates in a row between four models, with a fault in most of them. */
class UpdateSoakTest {
  private static final Logger QUIET = Logger.getLogger("sagui");
  private static final List<Artifact> MODELS =
      List.of(
          Artifact.ofChunks(31, 2),
          Artifact.ofChunks(32, 3),
          Artifact.ofChunks(33, 1),
          Artifact.ofChunks(34, 4));

  /** Manifest, table, file, golden table and golden file of each of three releases. */
  private static final int MOST_BLOBS = 3 * 5;

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Random random = new Random(20_260_102);
  private Device device;
  private Optional<Release> committed = Optional.empty();
  private long sequence;

  /** What goes wrong in an update. */
  private enum Fault {
    NONE,
    DAMAGED_CHUNKS,
    LOST_MESSAGES,
    CRASHING_TRIALS,
    WRONG_ANSWERS,
    ANOTHER_MEANWHILE,
    RESTART_MIDWAY,
    KILL_MIDWAY,
    ROT
  }

  @Test
  void twentyUpdatesEndAsTheyShall() throws IOException {
    update(20);
  }

  @Tag("slow")
  @Test
  void aThousandUpdatesLeaveNothingBehind() throws IOException, InterruptedException {
    update(200);
    long heap = heapBytes();
    List<String> open = open();
    update(800);
    long grown = heapBytes() - heap;
    assertTrue(grown < 1 << 20, grown + " bytes of heap more after 800 updates");
    List<String> still = open();
    for (int i = 0; i < 100 && still.size() > open.size(); i++) {
      Thread.sleep(50); // of agents that were killed: the collector closes what they left open
      System.gc();
      still = open();
    }
    assertTrue(still.size() <= open.size(), "open at first " + open + ", and now " + still);
  }

  private void update(int times) throws IOException {
    QUIET.setLevel(Level.OFF);
    try {
      if (device == null) {
        device = new Device(home, controller);
      }
      for (int i = 0; i < times; i++) {
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        try {
          update(fault);
          check();
        } catch (AssertionError e) {
          throw new AssertionError("update %d with %s".formatted(sequence, fault), e);
        }
      }
    } finally {
      QUIET.setLevel(null);
    }
  }

  private void update(Fault fault) throws IOException {
    Release next = release(fault == Fault.WRONG_ANSWERS ? 3 : 2);
    want(next);
    switch (fault) {
      case NONE, WRONG_ANSWERS -> {}
      case DAMAGED_CHUNKS -> damage();
      case LOST_MESSAGES -> lose();
      case CRASHING_TRIALS -> device.trials.crash(1 + random.nextInt(2));
      case ANOTHER_MEANWHILE -> {
        steps();
        next = release(2);
        want(next);
      }
      case RESTART_MIDWAY -> {
        steps();
        device.agent.end();
        restart(next);
      }
      case KILL_MIDWAY -> {
        steps();
        endHashing();
        restart(next);
      }
      case ROT -> {
        device.settle();
        Path blob = home.resolve("blobs").resolve(next.file().digest().hex());
        byte[] bytes = Files.readAllBytes(blob);
        bytes[random.nextInt(bytes.length)] ^= 1;
        Files.write(blob, bytes);
        restart(next);
      }
    }
    device.settle();
    controller.corrupt((artifact, index) -> false);
    if (fault != Fault.WRONG_ANSWERS) {
      committed = Optional.of(next);
    }
  }

  private Release release(float factor) {
    Artifact model = MODELS.get(random.nextInt(MODELS.size()));
    return controller.release(
        "vae", ++sequence, model, FakeController.golden(factor), FakeController.PROFILE);
  }

  private void want(Release release) throws IOException {
    device.desired(sequence, Map.of("vae", release), Nonce.of(random));
  }

  private void damage() {
    int[] left = {1 + random.nextInt(2)};
    int chunk = random.nextInt(4);
    controller.corrupt((artifact, index) -> index == chunk && left[0]-- > 0);
  }

  /** Up to ten seconds in which nothing is answered. */
  private void lose() throws IOException {
    for (int i = random.nextInt(100); i > 0; i--) {
      device.pass(Duration.ofMillis(100));
      device.link.take(Channel.CHUNK_REQUEST);
    }
  }

  private void steps() throws IOException {
    for (int i = random.nextInt(20); i > 0; i--) {
      device.step();
    }
  }

  /** The device again, which the broker tells what it shall serve. */
  private void restart(Release next) throws IOException {
    device = new Device(home, controller);
    want(next);
  }

  /** A process that is killed takes along the threads that hash what comes. */
  private static void endHashing() {
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("hash"))
        .forEach(Thread::interrupt);
  }

  private void check() throws IOException {
    Reported.Slot slot = device.slot("vae");
    assertEquals(committed.map(Release::digest), slot.serving().map(Reported.Running::manifest));
    SlotState state = slot.state();
    assertTrue(state == SlotState.IDLE || state == SlotState.REJECTED, state.name());
    assertEquals(committed.isPresent() ? 1 : 0, device.engine.openSessions());
    assertEquals(0, files("parts"));
    assertTrue(files("blobs") <= MOST_BLOBS, files("blobs") + " blobs");
    assertTrue(files("models/vae") <= 3, files("models/vae") + " staged releases");
    controller.heard().clear();
    controller.artifacts().stream()
        .map(Artifact::digest)
        .filter(digest -> Files.notExists(home.resolve("blobs").resolve(digest.hex())))
        .filter(digest -> MODELS.stream().noneMatch(model -> model.digest().equals(digest)))
        .forEach(controller::forget);
  }

  private long files(String folder) throws IOException {
    try (Stream<Path> all = Files.list(home.resolve(folder))) {
      return all.count();
    }
  }

  private static long heapBytes() {
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** What this process has open. */
  private static List<String> open() throws IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path one : all.toList()) {
        if (Files.isSymbolicLink(one)) {
          open.add(target(one));
        }
      }
    }
    return open;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }
}
