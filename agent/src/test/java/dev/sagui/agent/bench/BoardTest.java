/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoardTest {
  @TempDir Path sys;

  @Test
  void aBoardThatTellsNothingIsTakenAsCool() {
    Board board = new Board(sys);
    assertEquals(OptionalDouble.empty(), board.celsius());
    assertEquals(0, board.throttles());
    assertFalse(board.isThrottledNow());
  }

  @Test
  void readsTheHottestSensorAndTheThrottlingOfARaspberryPi() throws IOException {
    write("class/thermal/thermal_zone0/temp", "48312\n");
    write("class/thermal/thermal_zone1/temp", "51000\n");
    write("devices/platform/soc/soc:firmware/get_throttled", "50000\n"); // once, not now
    Board board = new Board(sys);
    assertEquals(51, board.celsius().orElseThrow());
    assertFalse(board.isThrottledNow());
    write("devices/platform/soc/soc:firmware/get_throttled", "50004\n");
    assertTrue(board.isThrottledNow());
  }

  @Test
  void addsUpHowOftenTheCoresOfAnX86WereThrottled() throws IOException {
    write("devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3\n");
    write("devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "4\n");
    write("devices/system/cpu/cpufreq/x", "9\n");
    assertEquals(7, new Board(sys).throttles());
  }

  @Test
  void nonsenseOfADriverIsNoTemperature() throws IOException {
    write("class/thermal/thermal_zone0/temp", "-274000\n");
    write("class/thermal/thermal_zone1/temp", "40000\n");
    assertEquals(40, new Board(sys).celsius().orElseThrow());
  }

  private void write(String file, String text) throws IOException {
    Path path = sys.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
