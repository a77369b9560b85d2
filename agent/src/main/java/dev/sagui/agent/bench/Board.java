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
 * What the board tells of its heat.
 *
 * @param sys where sysfs is mounted
 */
public record Board(Path sys) {
  /** Raspberry Pi: under-voltage, capped, throttled, soft temperature limit, now. */
  private static final int PI_NOW = 0xF;

  /** This machine's. */
  public static Board here() {
    return new Board(Path.of("/sys"));
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
