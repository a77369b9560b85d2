/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotRecordTest {
  private static final ArtifactName MODEL = new ArtifactName("vae");
  private static final SlotRecord.Target FIRST = target(1);
  private static final SlotRecord.Target SECOND = target(2);
  private static final Reported.Failure REASON =
      new Reported.Failure(FailureCode.GOLDEN_MISMATCH, "golden test: output 'y' differs");

  @Test
  void isTheSameRecordWhenNothingNewIsDesired() {
    SlotRecord fetching = SlotRecord.fresh(MODEL).desired(FIRST);
    assertSame(fetching, fetching.desired(FIRST));
    SlotRecord serving = served(FIRST);
    assertSame(serving, serving.desired(FIRST));
  }

  @Test
  void doesNotTryARefusedReleaseAgain() {
    SlotRecord refused = SlotRecord.fresh(MODEL).desired(FIRST).refused(Event.REFUSED, REASON);
    assertSame(refused, refused.desired(FIRST));
  }

  @Test
  void forgetsTheRefusalWhenAnotherReleaseIsDesired() {
    SlotRecord next =
        SlotRecord.fresh(MODEL).desired(FIRST).refused(Event.REFUSED, REASON).desired(SECOND);
    assertEquals(SlotState.FETCHING, next.state());
    assertEquals(Optional.empty(), next.failure());
    assertEquals(Optional.of(SECOND), next.target());
  }

  @Test
  void settlesWhenTheServingReleaseIsDesiredAgain() {
    SlotRecord back = served(FIRST).desired(SECOND).refused(Event.REFUSED, REASON).desired(FIRST);
    assertEquals(SlotState.IDLE, back.state());
    assertEquals(Optional.empty(), back.failure());
    assertEquals(running(FIRST), back.serving().orElseThrow());
  }

  @Test
  void keepsServingAndNamesTheReasonWhenRefused() {
    SlotRecord refused = served(FIRST).desired(SECOND).refused(Event.REFUSED, REASON);
    assertEquals(SlotState.REJECTED, refused.state());
    assertEquals(Optional.of(REASON), refused.failure());
    assertEquals(Optional.of(running(FIRST)), refused.serving());
  }

  @Test
  void remembersTheReleaseBeforeTheOneThatPassed() {
    SlotRecord record =
        tried(served(FIRST).desired(SECOND)).after(Event.PASSED).committed(running(SECOND));
    assertEquals(Optional.of(FIRST.manifest()), record.previous());
    assertEquals(Optional.of(running(SECOND)), record.serving());
    assertEquals(0, record.effort().tries());
  }

  @Test
  void countsTriesAcrossRestartsAndFromZeroForAnotherRelease() {
    SlotRecord record = SlotRecord.fresh(MODEL).desired(FIRST);
    for (int tries = 1; tries <= Effort.MAX_TRIES; tries++) {
      record = tried(record);
      assertEquals(tries, record.effort().tries());
      record = record.after(Event.RESTARTED);
    }
    assertEquals(0, record.desired(SECOND).effort().tries());
  }

  @Test
  void acceptedSequenceNeverGoesDown() {
    Random random = new Random(3);
    SlotRecord record = SlotRecord.fresh(MODEL).desired(FIRST);
    long highest = 0;
    for (int i = 0; i < 200; i++) {
      long sequence = random.nextInt(1_000);
      highest = Math.max(highest, sequence);
      record = record.accepted(sequence).desired(target(i % 7)).after(Event.RESTARTED);
      assertEquals(highest, record.newestSequence());
    }
    assertEquals(
        highest, tried(record).after(Event.PASSED).committed(running(FIRST)).newestSequence());
  }

  @Test
  void theWholeRecordSurvivesItsJson() {
    SlotRecord full = served(FIRST).desired(SECOND).accepted(9).refused(Event.REFUSED, REASON);
    SlotRecord trying =
        tried(served(FIRST).desired(SECOND)).after(Event.PASSED).committed(running(SECOND));
    AgentRecord record =
        new AgentRecord(
            41,
            List.of(full, trying, SlotRecord.fresh(new ArtifactName("empty")).accepted(3)),
            Map.of(MODEL, Instant.ofEpochMilli(1_767_312_245_000L)));
    assertEquals(record, AgentRecord.parse(record.encode()));
    assertEquals(AgentRecord.empty(), AgentRecord.parse(AgentRecord.empty().encode()));
    assertEquals(Optional.of(full), record.find(MODEL));
    assertEquals(Optional.empty(), record.find(new ArtifactName("other")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\":2,\"desired_sequence\":1,\"slots\":[]}",
        "{\"version\":1,\"desired_sequence\":1,\"slots\":[{\"model\":\"a\"}]}",
        "{\"version\":1}",
        "nonsense"
      })
  void refusesARecordThatIsNotOurs(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThrows(RejectedException.class, () -> AgentRecord.parse(bytes));
  }

  private static SlotRecord tried(SlotRecord fetching) {
    return fetching.fetched().after(Event.CHECKED).trying();
  }

  private static SlotRecord served(SlotRecord.Target target) {
    return tried(SlotRecord.fresh(MODEL).desired(target))
        .after(Event.PASSED)
        .committed(running(target));
  }

  private static Reported.Running running(SlotRecord.Target target) {
    return new Reported.Running(target.manifest(), new ArtifactName("int8"), 7, 1_000);
  }

  private static SlotRecord.Target target(int seed) {
    return new SlotRecord.Target(Digest.of(new byte[] {(byte) seed}), 1_000 + seed);
  }
}
