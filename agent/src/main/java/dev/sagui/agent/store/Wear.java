/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Bytes that the agent has written, by day in UTC, for a week: flash wears out by them. They are
 * kept in a file that is not forced and written once per MiB, so a power cut loses a MiB of count.
 * Any thread may read it.
 */
public final class Wear {
  private static final System.Logger LOG = System.getLogger("sagui.wear");
  private static final long SAVE_BYTES = 1 << 20;
  private static final int DAYS = 7;
  private static final Path ACCOUNT = Path.of("/proc/self/io");

  private final Path file;
  private final Clock clock;
  private final LongSupplier written;
  private final TreeMap<LocalDate, Long> days;
  private long noted;
  private long unsaved;

  /**
   * @param written bytes that this process has written so far
   */
  public Wear(Path home, Clock clock, LongSupplier written) {
    this.file = home.resolve("written");
    this.clock = clock;
    this.written = written;
    this.days = new TreeMap<>(read(home));
    this.noted = written.getAsLong();
  }

  /** What the kernel has counted for this process; 0 where it does not tell. */
  public static long ofThisProcess() {
    try {
      Optional<String> line =
          Files.readAllLines(ACCOUNT).stream()
              .filter(l -> l.startsWith("write_bytes:"))
              .findFirst();
      return line.map(l -> Long.parseLong(l.replaceAll("\\D", ""))).orElse(0L);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Counts what was written since the last time. */
  public synchronized void note() {
    long now = written.getAsLong();
    days.merge(today(), now - noted, Long::sum);
    while (days.size() > DAYS) {
      days.pollFirstEntry();
    }
    unsaved += now - noted;
    noted = now;
    if (unsaved >= SAVE_BYTES) {
      save();
    }
  }

  /** Keeps the count over the end of the process. */
  public synchronized void save() {
    Map<String, Object> map = new TreeMap<>();
    days.forEach((day, bytes) -> map.put(day.toString(), bytes));
    try {
      Files.write(file, Json.write(map));
      unsaved = 0;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "written=unsaved reason=\"{0}\"", e.getMessage());
    }
  }

  /** Bytes since midnight. */
  public synchronized long todayBytes() {
    note();
    return days.getOrDefault(today(), 0L);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /** What was saved last: bytes by day. */
  public static Map<LocalDate, Long> read(Path home) {
    Map<LocalDate, Long> days = new TreeMap<>();
    try {
      Fields saved = Fields.parse(Files.readAllBytes(home.resolve("written")));
      saved.keys().forEach(day -> days.put(LocalDate.parse(day), saved.integer(day)));
    } catch (IOException | RejectedException | java.time.DateTimeException e) {
      days.clear(); // none yet, or a power cut took it
    }
    return days;
  }
}
