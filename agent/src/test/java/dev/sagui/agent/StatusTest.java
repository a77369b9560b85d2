/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.status.Status;
import dev.sagui.agent.store.Artifact;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sagui agent status}, from what an agent left on its disk. */
class StatusTest {
  private static final Artifact FIRST = Artifact.ofChunks(21, 3);
  private static final Artifact SECOND = Artifact.ofChunks(22, 2);
  private static final Artifact BROKEN =
      new Artifact("broken model".getBytes(StandardCharsets.US_ASCII));

  @TempDir Path home;
  private final FakeController controller = new FakeController();

  @Test
  void saysWhatServesWhatWasRefusedAndWhatTheDiskHolds() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", controller.release("vae", 1, FIRST)));
    device.settle();
    device.desired(2, Map.of("vae", controller.release("vae", 2, SECOND)));
    device.settle();
    device.desired(3, Map.of("vae", controller.release("vae", 3, BROKEN)));
    device.settle();
    String text = status(device, false);
    assertTrue(text.contains("Agent kitchen on " + home + ": does not run"), text);
    assertTrue(text.contains("serves    v2, release 2 ("), text);
    assertTrue(text.contains("state     refused a release, since 2026-01-02T00:00:0"), text);
    assertTrue(text.contains("refused   v3, release 3 ("), text);
    assertTrue(text.contains("reason    MODEL_DOES_NOT_LOAD: "), text);
    assertTrue(text.contains("previous  v1, release 1 ("), text);
    Fields store = json(device).object("store");
    long blobs = bytes(home.resolve("blobs"));
    assertEquals(
        blobs,
        store.integer("current_bytes")
            + store.integer("previous_bytes")
            + store.integer("refused_bytes"));
    assertTrue(store.integer("current_bytes") >= SECOND.bytes().length);
    assertTrue(store.integer("previous_bytes") >= FIRST.bytes().length);
    assertEquals(0, store.integer("unneeded_bytes"));
  }

  @Test
  void saysWhatAWaitingModelWaitsForAndHowLongAlready() throws IOException {
    Release release = controller.release("vae", 1, FIRST);
    controller.forget(FIRST.digest());
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release));
    for (int i = 0; i < 7_000; i++) {
      device.step();
    }
    Fields slot = json(device).objects("models", item -> item).get(0);
    assertEquals("WAITING", slot.string("state"));
    assertEquals("UNREACHABLE", slot.object("failure").string("code"));
    String text = status(device, false);
    assertTrue(text.contains("serves    nothing"), text);
    assertTrue(text.contains("desired   v1, release 1 ("), text);
    assertTrue(text.contains("s ago)"), text);
  }

  @Test
  void changesNothingOnTheDisk() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", controller.release("vae", 1, FIRST)));
    device.settle();
    Map<String, Long> before = listing();
    status(device, false);
    status(device, true);
    assertEquals(before, listing());
  }

  @Test
  void refusesAFolderThatIsNotThere() throws IOException {
    Device device = new Device(home, controller);
    Device elsewhere = new Device(home.resolve("other"), controller);
    assertTrue(status(elsewhere, false).contains("No model is desired."));
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () ->
                Status.print(
                    Device.settings(home.resolve("none"), controller.key().trusted()),
                    device.wallClock,
                    false,
                    System.out));
    assertEquals(FailureCode.NOT_FOUND, e.code());
  }

  private static String status(Device device, boolean json) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream print = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      Status.print(device.settings, device.wallClock, json, print);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Fields json(Device device) throws IOException {
    return Fields.parse(status(device, true).getBytes(StandardCharsets.UTF_8));
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private Map<String, Long> listing() throws IOException {
    Map<String, Long> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(home)) {
      files.forEach(file -> all.put(file.toString(), file.toFile().lastModified()));
    }
    return all;
  }
}
