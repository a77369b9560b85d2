/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sagui.agent.fetch.BlobServer;
import dev.sagui.agent.fetch.BlobServer.Fault;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of power, disk, chunks and models. */
class FaultsIT extends FaultScene {
  private static final String INODES =
      "mkdir %1$s && i=0 && while : >%1$s/$i; do i=$((i+1)); done 2>/dev/null";

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "before-save,FETCHING", "mid-save,FETCHING", "after-save,FETCHING",
    "before-save,CHECKING", "mid-save,CHECKING", "after-save,CHECKING",
    "before-save,STAGING", "mid-save,STAGING", "after-save,STAGING",
    "before-save,TRYING", "mid-save,TRYING", "after-save,TRYING",
    "before-save,PROBATION", "mid-save,PROBATION", "after-save,PROBATION",
    "before-save,IDLE", "mid-save,IDLE", "after-save,IDLE"
  })
  void aCutAtAnySaveEndsInTheNewRelease(String point, String state) throws Exception {
    serveFirst(folder);
    agent.kill();
    String flag = "-Ddev.sagui.failpoint=" + point + ":" + state;
    agent = AgentProcess.start(folder, config, List.of(flag));
    want(2, second);
    assertTrue(agent.process().waitFor(60, TimeUnit.SECONDS), "the fail point is not reached");
    assertEquals(137, agent.process().exitValue());
    recover("F1 power loss", "process ended %s of %s".formatted(point.replace('-', ' '), state));
  }

  /** Starts the agent again: it serves at once, and ends with the second release. */
  private void recover(String fault, String how) throws Exception {
    agent.kill();
    mark();
    agent = AgentProcess.start(folder, config);
    String served = version();
    awaitCommitted("v2");
    assertEquals("v2", version());
    row(fault, how, served + " serves at once, v2 is committed");
  }

  @Test
  void aDifferenceWithoutItsBaseIsFetchedOnlyInsideTheBudget() throws Exception {
    Artifact base = DoublingModel.file(9); // another one than the device has
    Artifact file = DoublingModel.file(8);
    second = second.with(fake.difference(base, file));
    serveFirst(folder);
    mark();
    controller.want(desired(2, 4L * ChunkTable.CHUNK_BYTES));
    controller.awaitSlot(
        slot ->
            slot.failure().filter(why -> why.code() == FailureCode.OVER_BYTE_BUDGET).isPresent());
    assertEquals("v1", version());
    controller.want(desired(3, 40L * ChunkTable.CHUNK_BYTES));
    awaitCommitted("v2");
    row(
        "F21 base of a difference",
        "missing, with 4 chunks allowed, then 40",
        "v1 serves, waits with OVER_BYTE_BUDGET; v2 is committed");
  }

  private byte[] desired(long sequence, long maxBytes) {
    return fake.desired(
        DEVICE, sequence, Map.of("double", second), Optional.empty(), FetchTerms.atMost(maxBytes));
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 40})
  void aTornJournalFallsBackToTheLastGoodOne(int bytes) throws Exception {
    serveFirst(folder);
    agent.kill();
    Path journal = folder.resolve("home/journal");
    Files.write(journal, Arrays.copyOf(Files.readAllBytes(journal), bytes));
    want(2, second);
    recover("F2 torn journal", "cut to %d bytes".formatted(bytes));
  }

  @Test
  void aDamagedChunkAloneIsFetchedAgain() throws Exception {
    serveFirst(folder);
    AtomicInteger left = new AtomicInteger(2);
    synchronized (fake) {
      fake.corrupt(
          (artifact, index) ->
              artifact.equals(second.file().digest()) && index == 3 && left.getAndDecrement() > 0);
    }
    mark();
    want(2, second);
    awaitCommitted("v2");
    List<Integer> again = askedAgain();
    assertEquals(2, Collections.frequency(again, 3), "asked for again: " + again);
    assertTrue(again.size() < chunksOfSecond(), "not that chunk alone: " + again);
    row("F3 bit flip", "chunk 3 arrives damaged twice", "v1 serves, chunk 3 alone again, then v2");
  }

  @Test
  void aReleaseComesFromAWebServerAsLongAsItIsGood() throws Exception {
    try (BlobServer web = new BlobServer()) {
      config.put("sagui.fetch.http", web.template());
      fake.artifacts().forEach(web::keep);
      serveFirst(folder);
      assertTrue(web.ranges().size() >= 5, web.ranges().toString()); // each artifact
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NONE", "BROKEN", "COMPRESSES", "HANGS_UP", "NO_CONTENT_RANGE"},
      mode = EnumSource.Mode.EXCLUDE)
  void aWebServerThatErrsIsLeftAndThePullGoesOn(Fault fault) throws Exception {
    try (BlobServer web = new BlobServer()) {
      config.put("sagui.fetch.http", web.template());
      config.put("sagui.fetch.rate", "600000"); // several ranges of a file
      fake.artifacts().forEach(web::keep);
      serveFirst(folder);
      int before = web.ranges().size();
      web.err(fault, 3);
      mark();
      want(2, second);
      awaitCommitted("v2");
      assertTrue(web.ranges().size() > before, "the web server was not asked");
      assertEquals("v2", version());
      String number =
          switch (fault) {
            case STALLS, TRICKLES -> "F16 slow retrieval";
            case NEVER_ENDS -> "F16 endless data";
            default -> "F4 bad web server";
          };
      row(
          number,
          "it " + fault.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          "v1 serves, MQTT takes over, then v2");
    }
  }

  @Tag("slow")
  @Test
  void aBrokerThatComesBackWithoutItsStateLosesNothing() throws Exception {
    config.put("sagui.fetch.rate", "300000");
    serveFirst(folder);
    want(2, second);
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 2);
    int port = broker.port();
    controller.close();
    broker.close();
    assertEquals("v1", version());
    mark();
    broker = new TestBroker(folder.resolve("another"), port);
    controller = new ControllerOnWire(broker.url(), TOPICS, DEVICE, fake);
    want(2, second);
    awaitCommitted("v2");
    row("F5 broker lost", "restarted without its state mid-fetch", "v1 serves, the pull goes on");
  }

  @Tag("slow")
  @Test
  void aRottenModelIsRepairedWhileThePreviousOneServes() throws Exception {
    serveFirst(folder);
    want(2, second);
    awaitCommitted("v2");
    agent.kill();
    Path blob = folder.resolve("home/blobs").resolve(second.file().digest().hex());
    byte[] bytes = Files.readAllBytes(blob);
    Arrays.fill(bytes, 0, 4_000, (byte) 0x5a);
    Files.write(blob, bytes);
    synchronized (fake) {
      fake.heard().clear();
    }
    recover("F10 rot", "4 kB of the active model overwritten");
    synchronized (fake) {
      fake.heard().stream()
          .filter(request -> request.artifact().equals(second.file().digest()))
          .forEach(request -> assertEquals(1, request.missing().bits().cardinality()));
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"SEGV", "KILL"})
  void aTrialThatCrashesThreeTimesQuarantines(String signal) throws Exception {
    serveFirst(folder);
    mark();
    want(2, second);
    AtomicInteger shot = new AtomicInteger();
    Thread hunter = new Thread(() -> hunt(signal, shot));
    hunter.start();
    Reported.Slot slot = controller.awaitSlot(s -> s.state() == SlotState.QUARANTINED);
    hunter.interrupt();
    hunter.join();
    FailureCode code = slot.failure().orElseThrow().code();
    assertEquals("v1", version());
    row("F11 crash at load", "SIG" + signal + " to the trial, thrice", "v1 serves; v2 is " + code);
  }

  private void hunt(String signal, AtomicInteger shot) {
    while (!Thread.currentThread().isInterrupted()) {
      agent
          .process()
          .descendants()
          .forEach(
              child -> {
                try {
                  new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start();
                  shot.incrementAndGet();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    }
  }

  @Test
  void wrongAnswersAreNotCommitted() throws Exception {
    serveFirst(folder);
    mark();
    want(2, DoublingModel.release(fake, 2, DoublingModel.file(2), 2.5f));
    Reported.Slot slot = controller.awaitSlot(s -> s.state() == SlotState.REJECTED);
    assertEquals(FailureCode.GOLDEN_MISMATCH, slot.failure().orElseThrow().code());
    assertEquals("v1", version());
    row("F12 wrong answers", "golden outputs differ", "v1 serves; v2 is GOLDEN_MISMATCH");
  }

  @Tag("slow")
  @Test
  void whatWasCancelledWhileOfflineIsNotInstalled() throws Exception {
    config.put("sagui.fetch.rate", "300000");
    serveFirst(folder);
    want(2, second);
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 2);
    agent.kill();
    want(3, first);
    mark();
    agent = AgentProcess.start(folder, config);
    awaitCommitted("v1");
    row("F19 cancel while offline", "v1 desired again while the agent is down", "v1 serves, idle");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"full", "without inodes"})
  void aDiskThatTakesNothingLeavesTheModelAloneAndWorkResumes(String how) throws Exception {
    Path place = Files.createDirectories(folder.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=200", "tmpfs", place.toString())
            == 0);
    try {
      serveFirst(place);
      Path filler = place.resolve("filler");
      String fill = how.equals("full") ? "head -c 64000000 /dev/zero >%s" : INODES;
      run("sh", "-c", fill.formatted(filler));
      want(2, second);
      Reported.Slot slot = controller.awaitSlot(s -> s.state() == SlotState.WAITING);
      assertEquals(FailureCode.DISK_FULL, slot.failure().orElseThrow().code());
      assertEquals("v1", version(place));
      mark();
      run("rm", "-rf", filler.toString());
      controller.awaitSlot(s -> s.state() == SlotState.FETCHING, 90);
      awaitCommitted("v2");
      row("F9 disk " + how, "small tmpfs", "v1 serves, waits with DISK_FULL, then v2");
    } finally {
      agent.close();
      run("umount", "-l", place.toString());
    }
  }

  @Tag("slow")
  @Test
  void aDiskThatIsReadOnlyLeavesTheModelAloneAndWorkResumes() throws Exception {
    serveFirst(folder);
    String home = folder.resolve("home").toString();
    assumeTrue(run("mount", "--bind", home, home) == 0);
    try {
      assertEquals(0, run("mount", "-o", "remount,bind,ro", home));
      want(2, second);
      Reported.Slot slot = controller.awaitSlot(s -> s.state() == SlotState.WAITING);
      assertEquals(FailureCode.DISK_FULL, slot.failure().orElseThrow().code());
      assertEquals("v1", version());
      mark();
    } finally {
      run("umount", "-l", home);
    }
    controller.awaitSlot(s -> s.state() == SlotState.FETCHING, 90);
    awaitCommitted("v2");
    row(
        "F9 disk read-only",
        "mounted so while it runs",
        "v1 serves, waits with DISK_FULL, then v2");
  }

  @Tag("slow")
  @Test
  void anAgentThatStartsOnAReadOnlyDiskServes() throws Exception {
    serveFirst(folder);
    agent.close();
    String home = folder.resolve("home").toString();
    assumeTrue(run("mount", "--bind", home, home) == 0);
    try {
      assertEquals(0, run("mount", "-o", "remount,bind,ro", home));
      mark();
      agent = AgentProcess.start(folder, config);
      assertEquals("v1", servedAt(agent.awaitSaidServer()));
      row("F9 disk read-only", "mounted so when it starts", "v1 serves at once");
    } finally {
      run("umount", "-l", home);
    }
  }
}
