/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.Conditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
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
    assertEquals(Conditions.UNKNOWN, board.conditions());
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
  void readsHowCoresAreClockedAndFromWhereOnTheyAreHeldBack() throws IOException {
    write("devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n");
    write("devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "1500000\n");
    write("devices/system/cpu/cpu4/cpufreq/scaling_max_freq", "2400000\n");
    write("class/thermal/thermal_zone0/trip_point_0_type", "active\n");
    write("class/thermal/thermal_zone0/trip_point_0_temp", "50000\n");
    write("class/thermal/thermal_zone0/trip_point_1_type", "passive\n");
    write("class/thermal/thermal_zone0/trip_point_1_temp", "85000\n");
    write("class/thermal/thermal_zone1/trip_point_0_type", "passive\n");
    write("class/thermal/thermal_zone1/trip_point_0_temp", "80000\n");
    assertEquals(
        new Conditions(Optional.of("ondemand"), OptionalInt.of(2400), OptionalDouble.of(80)),
        new Board(sys).conditions());
  }

  @Test
  void nonsenseOfADriverIsNoTemperature() throws IOException {
    write("class/thermal/thermal_zone0/temp", "-274000\n");
    write("class/thermal/thermal_zone1/temp", "40000\n");
    assertEquals(40, new Board(sys).celsius().orElseThrow());
  }

  @Test
  void readsJoulesOfACounterAndWattsOfABatteryThatNothingCharges() throws IOException {
    write("class/powercap/intel-rapl:0/energy_uj", "2500000\n");
    write("class/powercap/intel-rapl:0:0/energy_uj", "900000\n"); // a part of it
    write("class/power_supply/AC/online", "0\n");
    write("class/power_supply/BAT0/status", "Discharging\n");
    write("class/power_supply/BAT0/current_now", "-1500000\n");
    write("class/power_supply/BAT0/voltage_now", "5000000\n");
    Board board = new Board(sys);
    assertEquals(2.5, board.joules().orElseThrow());
    assertEquals(7.5, board.watts().orElseThrow());
    write("class/power_supply/BAT0/status", "Charging\n");
    assertEquals(OptionalDouble.empty(), board.watts());
  }

  @Test
  void addsUpTheRailsOfARaspberryPi5() {
    String said =
        """
            3V7_WL_SW_A current(0)=0.10000000A
             VDD_CORE_A current(7)=2.00000000A
            3V7_WL_SW_V volt(8)=3.70000000V
             VDD_CORE_V volt(15)=0.80000000V
                EXT5V_V volt(24)=5.15000000V
        """;
    assertEquals(1.97, Pmic.watts(said).orElseThrow(), 1e-9);
    assertEquals(
        OptionalDouble.empty(), Pmic.watts("error=1 error_msg=\"Command not registered\""));
  }

  @Test
  void powerThatIsLookedAtCountsForTheWholeTime() throws IOException {
    write("class/power_supply/BAT0/status", "Discharging\n");
    write("class/power_supply/BAT0/power_now", "4000000\n");
    Energy energy = new Energy(new Board(sys));
    energy.look();
    write("class/power_supply/BAT0/power_now", "6000000\n");
    energy.look();
    assertEquals(15, energy.joules(3).orElseThrow(), 1e-9);
  }

  private void write(String file, String text) throws IOException {
    Path path = sys.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
