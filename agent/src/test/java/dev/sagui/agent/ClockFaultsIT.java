/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A device whose wall clock is wrong. Its timers are monotonic, and nothing that it believes
 * expires by a clock: order comes from signed sequences.
 */
class ClockFaultsIT extends FaultScene {
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"-P20700D", "P3652D"})
  void aWrongClockKeepsNothingFromComing(String wrong) throws Exception {
    serveFirst(folder);
    agent.kill();
    mark();
    startAt(wrong);
    assertEquals("v1", version());
    want(2, second);
    awaitCommitted("v2");
    assertEquals("v2", version());
    row(
        "F7 clock",
        wrong.startsWith("-") ? "starts in 1970" : "starts ten years ahead",
        "v1 serves at once, v2 is committed");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"-P20700D", "P3652D"})
  void aClockThatJumpsStopsNoTimer(String jump) throws Exception {
    config.put("sagui.fetch.rate", "300000");
    want(1, first);
    startAt("PT0S");
    awaitCommitted("v1");
    want(2, second);
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 2);
    mark();
    set(jump);
    awaitCommitted("v2");
    assertEquals("v2", version());
    row(
        "F7 clock",
        jump.startsWith("-") ? "jumps to 1970 mid-fetch" : "jumps ahead ten years mid-fetch",
        "v1 serves, the pull goes on, then v2");
  }

  @Test
  void anOlderReleaseIsNotBelievedWhateverTheClockSays() throws Exception {
    serveFirst(folder);
    want(2, second);
    awaitCommitted("v2");
    agent.kill();
    mark();
    startAt("-P20700D");
    controller.want(fake.desired(DEVICE, 1, Map.of("double", first))); // replayed
    controller.awaitReport(report -> report.refusal().isPresent());
    assertEquals("v2", version());
    row(
        "F7 clock",
        "in 1970, and an old desired state is replayed",
        "v2 serves; the replay is refused");
  }

  private void set(String shift) throws IOException {
    Files.writeString(folder.resolve("shift"), shift);
  }

  private void startAt(String shift) throws Exception {
    set(shift);
    String flag = "-D" + WallClock.PROPERTY + "=" + folder.resolve("shift");
    agent = AgentProcess.start(folder, config, List.of(flag));
  }
}
