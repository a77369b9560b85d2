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
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.update.AgentRecord;
import dev.sagui.agent.update.Effort;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Power cuts and disk errors: whatever happens between, the end is the same. */
class AgentRestartTest {
  private static final Artifact FILE = Artifact.ofChunks(31, 3);
  private static final Artifact NEWER_FILE = Artifact.ofChunks(32, 40);
  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release first = controller.release("vae", 1, FILE);
  private final Release second = controller.release("vae", 2, NEWER_FILE);
  private Device device;

  @BeforeEach
  void serveTheFirst() throws IOException {
    device = new Device(home, controller);
    device.desired(1, Map.of("vae", first));
    device.settle();
    assertServes(first, SlotState.IDLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
  void aCrashAfterAnyStepEndsInTheSameState(int steps) throws IOException {
    device.desired(2, Map.of("vae", second));
    for (int i = 0; i < steps; i++) {
      device.step();
    }
    restart();
    assertTrue(device.models.find("vae").isPresent(), "serves before it has a connection");
    device.settle();
    assertServes(second, SlotState.IDLE);
    assertEquals(2, device.reported().desiredSequence());
  }

  @ParameterizedTest
  @EnumSource(names = {"WAITING", "FETCHING", "CHECKING", "STAGING", "TRYING", "PROBATION"})
  void aCrashInAnySavedStateEndsInTheSameState(SlotState state) throws IOException {
    crashIn(state, 1);
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void aCrashAfterTheJournalAndBeforeServingServesTheNewOne() throws IOException {
    device.desired(2, Map.of("vae", second));
    device.settle();
    restart();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void aReleaseThatTakesTheAgentDownThreeTimesIsQuarantined() throws IOException {
    crashIn(SlotState.TRYING, Effort.MAX_TRIES);
    assertServes(first, SlotState.QUARANTINED);
    assertEquals(FailureCode.MODEL_CRASHED, device.slot("vae").failure().orElseThrow().code());
    restart();
    assertServes(first, SlotState.QUARANTINED);
  }

  @Test
  void aReleaseThatTookTheAgentDownTwiceGetsItsThirdTry() throws IOException {
    crashIn(SlotState.TRYING, Effort.MAX_TRIES - 1);
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void aModelThatTheDiskDamagedIsFetchedAgain() throws IOException {
    Files.writeString(home.resolve("blobs").resolve(FILE.digest().hex()), "broken by the disk");
    restart();
    assertTrue(device.models.find("vae").isEmpty());
    assertTrue(device.slot("vae").serving().isEmpty(), "does not say that it serves");
    device.settle();
    assertServes(first, SlotState.IDLE);
  }

  @Test
  void thePreviousModelServesWhileADamagedOneIsFetchedAgain() throws IOException {
    device.desired(2, Map.of("vae", second));
    device.settle();
    Files.writeString(home.resolve("blobs").resolve(NEWER_FILE.digest().hex()), "broken");
    restart();
    assertEquals(first.digest(), device.slot("vae").serving().orElseThrow().manifest());
    assertTrue(device.models.find("vae").isPresent());
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void noModelIsForgottenWhenAnotherIsRefusedAtStart() throws IOException {
    Release other = controller.release("other", 1, Artifact.ofChunks(33, 2));
    device.desired(2, Map.of("vae", first, "other", other));
    device.settle();
    crashIn(SlotState.TRYING, Effort.MAX_TRIES);
    restart();
    assertEquals(2, device.reported().slots().size());
    assertTrue(device.models.find("other").isPresent());
  }

  @Test
  void resumesWithoutFetchingAgainWhatItHad() throws IOException {
    device.desired(2, Map.of("vae", second));
    while (device.slot("vae").chunksHave() < 20) {
      device.step();
    }
    long before = device.slot("vae").wireBytes();
    restart();
    device.settle();
    assertServes(second, SlotState.IDLE);
    long after = device.slot("vae").wireBytes() - before;
    assertTrue(after < NEWER_FILE.bytes().length / 2, after + " bytes came after the restart");
  }

  @Test
  void aDamagedJournalFallsBackAndEndsInTheSameState() throws IOException {
    device.desired(2, Map.of("vae", second));
    device.settle();
    Files.write(home.resolve("journal"), new byte[20]);
    restart();
    assertTrue(device.models.find("vae").isPresent());
    device.desired(2, Map.of("vae", second));
    device.settle();
    assertServes(second, SlotState.IDLE);
  }

  @Test
  void aDiskErrorInAFetchIsReportedAndTriedAgain() throws IOException {
    assertRecoversFrom(home.resolve("parts").resolve(NEWER_FILE.digest().hex() + ".part"));
  }

  @Test
  void aDiskErrorOfTheJournalIsReportedAndTriedAgain() throws IOException {
    assertRecoversFrom(home.resolve("journal.part"));
  }

  /** A folder where a file must be written stands for a disk that does not take it. */
  private void assertRecoversFrom(Path obstacle) throws IOException {
    device.desired(2, Map.of("vae", second));
    Files.createDirectory(obstacle);
    device.settle();
    assertFullAndRecovers(obstacle);
  }

  private void assertFullAndRecovers(Path obstacle) throws IOException {
    assertServes(first, SlotState.WAITING);
    assertEquals(FailureCode.DISK_FULL, device.slot("vae").failure().orElseThrow().code());
    assertEquals(1, device.engine.openSessions());
    device.pass(Duration.ofSeconds(59));
    assertServes(first, SlotState.WAITING);
    Files.delete(obstacle);
    device.pass(Duration.ofSeconds(2));
    device.settle();
    assertServes(second, SlotState.IDLE);
    restart();
    assertServes(second, SlotState.IDLE);
  }

  /** What a power cut in {@code state} leaves: all files, and a journal that says so. */
  private static SlotRecord in(SlotRecord slot, SlotState state, int tries) {
    return new SlotRecord(
        slot.model(),
        state,
        slot.serving(),
        slot.previous(),
        slot.target(),
        2,
        new Effort(tries, 0, false, 0),
        slot.failure());
  }

  private void crashIn(SlotState state, int tries) throws IOException {
    ArtifactStore store = new ArtifactStore(home);
    for (Artifact artifact :
        List.of(second.signed(), NEWER_FILE, NEWER_FILE.tableBytes(), FakeController.golden(2))) {
      store.put(artifact.digest(), artifact.bytes());
    }
    Journal journal = new Journal(home);
    AgentRecord before = journal.load();
    SlotRecord.Target target =
        new SlotRecord.Target(second.digest(), second.signed().bytes().length);
    List<SlotRecord> slots = new ArrayList<>(before.slots());
    slots.replaceAll(
        slot -> slot.model().value().equals("vae") ? in(slot.desired(target), state, tries) : slot);
    journal.save(new AgentRecord(Math.max(2, before.desiredSequence()), slots, Map.of()));
    restart();
  }

  private void restart() throws IOException {
    device = new Device(home, controller);
  }

  private void assertServes(Release release, SlotState state) {
    assertEquals(state, device.slot("vae").state());
    assertEquals(release.digest(), device.slot("vae").serving().orElseThrow().manifest());
    assertEquals(release.digest(), device.models.find("vae").orElseThrow().manifest());
  }
}
