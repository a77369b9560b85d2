/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.device.Speeds;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers and times as people read them. */
final class Wording {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Wording() {}

  /** In decimal units, as of flash and wire. */
  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    if (bytes < 1_000_000) {
      return short3(bytes / 1e3) + " kB";
    }
    return bytes < 1_000_000_000 ? short3(bytes / 1e6) + " MB" : short3(bytes / 1e9) + " GB";
  }

  /** About three digits, without the unit. */
  static String millis(double millis) {
    return short3(millis);
  }

  /** With thousands apart. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Of a device, those that it told. */
  static String speeds(Speeds speeds) {
    List<String> told = new ArrayList<>();
    told.add(
        "fp32 %s, int8 %s Gop/s".formatted(short3(speeds.fp32Gflops()), short3(speeds.int8Gops())));
    told.add("memory %s GB/s".formatted(short3(speeds.memoryGbs())));
    speeds.storageGbs().ifPresent(gbs -> told.add("disk %s MB/s".formatted(short3(1e3 * gbs))));
    speeds.callMillis().ifPresent(call -> told.add("a call %s ms".formatted(short3(call))));
    return String.join(" · ", told);
  }

  static String time(Instant at) {
    return TIME.format(at);
  }

  /** An enum's constant as words: {@code DEVICE_ONLINE} is "device online". */
  static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String short3(double value) {
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
