/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Faults of what a device tells, and of who it says that it is. */
class ReportFaultsIT extends FaultScene {
  @Tag("slow")
  @Test
  void aReportThatIsLostComesAgainUntilItIsAcknowledgedAndNoMore() throws Exception {
    serveFirst(folder);
    controller.deaf(true);
    want(2, second);
    awaitVersion("v2");
    TimeUnit.SECONDS.sleep(3); // committed, and told in vain
    mark();
    controller.deaf(false);
    awaitCommitted("v2", 30);
    row(
        "F18 report lost",
        "the controller hears nothing of the whole update",
        "v2 serves; told again, once more");
    TimeUnit.SECONDS.sleep(1);
    int heard = controller.reportsHeard();
    TimeUnit.SECONDS.sleep(6);
    assertEquals(heard, controller.reportsHeard());
  }

  @Tag("slow")
  @Test
  void whatIsReportedLateOfACancelledUpdateIsNotWhatIsReportedLast() throws Exception {
    config.put("sagui.update.soak", "PT60S");
    want(1, first);
    agent = AgentProcess.start(folder, config);
    controller.awaitSlot(slot -> slot.state() == SlotState.PROBATION);
    config.put("sagui.update.soak", "PT1S");
    agent.kill();
    agent = AgentProcess.start(folder, config);
    awaitCommitted("v1");
    agent.kill();
    config.put("sagui.update.soak", "PT60S");
    agent = AgentProcess.start(folder, config);
    want(2, second);
    controller.awaitSlot(slot -> slot.state() == SlotState.PROBATION);
    controller.deaf(true);
    mark();
    want(3, first);
    awaitVersion("v1");
    controller.deaf(false);
    Reported last = controller.awaitReport(report -> report.desiredSequence() == 3);
    assertEquals(first.digest(), last.slots().get(0).serving().orElseThrow().manifest());
    assertEquals(SlotState.IDLE, last.slots().get(0).state());
    row(
        "F18 report after cancel",
        "cancelled on probation, reports lost meanwhile",
        "v1 serves; the report names it by digest");
  }

  private void awaitVersion(String wanted) throws Exception {
    for (int i = 0; i < 300 && !version().equals(wanted); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertEquals(wanted, version());
  }

  @Tag("slow")
  @Test
  void noInferenceIsLostWhileNobodyTakesReportsOfThem() throws Exception {
    config.put("sagui.report.interval", "PT1S");
    serveFirst(folder);
    controller.deaf(true);
    int asked = 0;
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 10; i++, asked++) {
        version();
      }
      TimeUnit.SECONDS.sleep(1);
    }
    mark();
    controller.deaf(false);
    for (int i = 0; i < 600 && controller.inferences() < asked; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertEquals(asked, controller.inferences());
    row(
        "F23 metrics lost",
        "nobody acknowledges for 10 intervals",
        "merged into one sketch; every inference counts once");
  }

  @Tag("slow")
  @Test
  void twoDevicesOfOneNameDoNotThrowEachOtherOut() throws Exception {
    serveFirst(folder);
    AgentProcess original = agent;
    String instance = controller.awaitState(true).instance();
    mark();
    try (AgentProcess copy = AgentProcess.start(folder.resolve("copy"), config)) {
      assertNotEquals(instance, controller.awaitState(true).instance());
      want(2, second);
      awaitCommitted("v2");
      assertEquals("v1", version());
      assertTrue(original.said().contains("another agent uses device id 'kitchen'"));
      assertTrue(!copy.said().contains("another agent uses"), copy.said());
      row(
          "F6 one name, two devices",
          "a copied card",
          "the first gives way for a minute, says so and serves; no flapping");
    }
  }
}
