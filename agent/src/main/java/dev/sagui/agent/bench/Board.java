/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the board tells of its heat and its power.
 *
 * @param sys where sysfs is mounted
 * @param pmic the power chip of a Raspberry Pi 5
 */
public record Board(Path sys, Pmic pmic) {
  /** Raspberry Pi: under-voltage, capped, throttled, soft temperature limit, now. */
  private static final int PI_NOW = 0xF;

  /** This machine's. */
  public static Board here() {
    return new Board(Path.of("/sys"), new Pmic(Path.of("/usr/bin/vcgencmd")));
  }

  /** Without a power chip. */
  Board(Path sys) {
    this(sys, new Pmic(sys.resolve("none")));
  }

  /** What the processors took so far, by a counter that begins anew sometimes. */
  OptionalDouble joules() {
    List<Long> micro = numbers("class/powercap", "*-rapl:?", "energy_uj", 10);
    return micro.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(micro.stream().mapToDouble(joules -> joules / 1e6).sum());
  }

  /** What the board takes now: of its power chip, else of a battery that nothing charges. */
  OptionalDouble watts() {
    OptionalDouble told = pmic.watts();
    return told.isPresent() ? told : supplied();
  }

  private OptionalDouble supplied() {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(sys.resolve("class/power_supply"))) {
      for (Path each : all) {
        if (Files.isReadable(each.resolve("status"))
            && Files.readString(each.resolve("status")).strip().equals("Discharging")) {
          return watts(each);
        }
      }
    } catch (IOException e) {
      // the board does not tell
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble watts(Path battery) {
    OptionalDouble power = micro(battery.resolve("power_now"));
    OptionalDouble amperes = micro(battery.resolve("current_now"));
    OptionalDouble volts = micro(battery.resolve("voltage_now"));
    return power.isPresent() || amperes.isEmpty() || volts.isEmpty()
        ? power
        : OptionalDouble.of(amperes.getAsDouble() * volts.getAsDouble());
  }

  /** Some drivers tell discharging as negative. */
  private static OptionalDouble micro(Path file) {
    try {
      return Files.isReadable(file)
          ? OptionalDouble.of(Math.abs(Long.parseLong(Files.readString(file).strip())) / 1e6)
          : OptionalDouble.empty();
    } catch (IOException | NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** Degrees of the hottest sensor; empty where there is none. */
  public OptionalDouble celsius() {
    return numbers("class/thermal", "thermal_zone*", "temp", 10).stream()
        .mapToDouble(milli -> milli / 1e3)
        .filter(celsius -> Math.abs(celsius) < 200)
        .max();
  }

  /** How often x86 processors were throttled so far. */
  long throttles() {
    return numbers("devices/system/cpu", "cpu[0-9]*", "thermal_throttle/core_throttle_count", 10)
        .stream()
        .mapToLong(count -> count)
        .sum();
  }

  /** Whether the firmware of a Raspberry Pi says so. */
  boolean isThrottledNow() {
    return numbers("devices/platform/soc", "soc:firmware", "get_throttled", 16).stream()
        .anyMatch(flags -> (flags & PI_NOW) != 0);
  }

  private List<Long> numbers(String folder, String glob, String file, int radix) {
    List<Long> numbers = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(sys.resolve(folder), glob)) {
      for (Path each : all) {
        if (Files.isReadable(each.resolve(file))) {
          numbers.add(Long.parseLong(Files.readString(each.resolve(file)).strip(), radix));
        }
      }
    } catch (IOException | NumberFormatException e) {
      // the board does not tell
    }
    return numbers;
  }
}
