/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.device.Conditions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What the board tells of its heat and its power.
 *
 * @param sys where sysfs is mounted
 * @param pmic the power chip of a Raspberry Pi 5
 */
public record Board(Path sys, Pmic pmic) {
  /** Raspberry Pi: under-voltage, capped, throttled, soft temperature limit, now. */
  private static final int PI_NOW = 0xF;

  private static final int MOST_TRIPS = 12;
  private static final long MOST_KILOHERTZ = 100_000_000;

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
    return folders("class/power_supply", "*").stream()
        .filter(each -> text(each.resolve("status")).filter("Discharging"::equals).isPresent())
        .map(Board::watts)
        .findFirst()
        .orElse(OptionalDouble.empty());
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
    return number(file, 10)
        .map(micro -> OptionalDouble.of(Math.abs(micro) / 1e6))
        .orElse(OptionalDouble.empty());
  }

  /** Degrees of the hottest sensor; empty where there is none. */
  public OptionalDouble celsius() {
    return numbers("class/thermal", "thermal_zone*", "temp", 10).stream()
        .mapToDouble(milli -> milli / 1e3)
        .filter(celsius -> Math.abs(celsius) < 200)
        .max();
  }

  /** How its cores are clocked, and from where on they are held back. */
  public Conditions conditions() {
    return new Conditions(
        text(sys.resolve("devices/system/cpu/cpu0/cpufreq/scaling_governor"))
            .filter(name -> name.matches("[a-z0-9_-]{1,32}")),
        numbers("devices/system/cpu", "cpu[0-9]*", "cpufreq/scaling_max_freq", 10).stream()
            .filter(kilohertz -> kilohertz >= 1_000 && kilohertz < MOST_KILOHERTZ)
            .mapToInt(kilohertz -> (int) (kilohertz / 1_000))
            .max(),
        folders("class/thermal", "thermal_zone*").stream().flatMapToDouble(Board::throttles).min());
  }

  /** Degrees from which on the kernel cools passively: by lower clocks. */
  private static DoubleStream throttles(Path zone) {
    return IntStream.range(0, MOST_TRIPS)
        .mapToObj("trip_point_%d_"::formatted)
        .filter(trip -> text(zone.resolve(trip + "type")).filter("passive"::equals).isPresent())
        .flatMap(trip -> number(zone.resolve(trip + "temp"), 10).stream())
        .mapToDouble(milli -> milli / 1e3)
        .filter(celsius -> celsius > 0 && celsius < 200);
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
    return folders(folder, glob).stream()
        .flatMap(each -> number(each.resolve(file), radix).stream())
        .toList();
  }

  private List<Path> folders(String folder, String glob) {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(sys.resolve(folder), glob)) {
      all.forEach(folders::add);
    } catch (IOException e) {
      // the board does not tell
    }
    return folders;
  }

  private static Optional<Long> number(Path file, int radix) {
    try {
      return text(file).map(digits -> Long.parseLong(digits, radix));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(Path file) {
    try {
      return Files.isReadable(file)
          ? Optional.of(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // some sensors fail while they are read
    }
  }
}
