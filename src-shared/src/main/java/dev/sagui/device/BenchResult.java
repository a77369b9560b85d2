/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a device measured of a model, its runs interleaved with those of a reference so that a slow
 * minute meets both. One sample a run. Numbers that no device can give are refused.
 *
 * @param runtime version of ONNX Runtime
 * @param seconds that the interleaved runs took together
 * @param peakBytes resident bytes that the process had at most more with the model than without; 0
 *     where the kernel does not tell
 * @param differs largest absolute difference to the outputs that the model gave where it was made,
 *     for the same inputs
 * @param celsius of the hottest sensor, where the board tells
 * @param throttled whether the board says that it ran slower than it can, for heat or power
 * @param underLoad the candidate's, when the job asked for it
 * @param storageGbs 10⁹ bytes a second read from where models lie, past the page cache; empty where
 *     the file system has no way past it
 */
public record BenchResult(
    String runtime,
    Times candidate,
    Times reference,
    Ratio ratio,
    double seconds,
    long peakBytes,
    double differs,
    OptionalDouble celsius,
    boolean throttled,
    Optional<UnderLoad> underLoad,
    OptionalDouble storageGbs) {
  /** Half the interval's width that is good enough, as a share of the ratio. */
  public static final double SETTLED = 0.03;

  /** Of fewer, not even the least time is below the 10th percentile with 97.5 %: 0.9^36 = 0.022. */
  private static final int FEWEST_ROUNDS = 36;

  private static final double ROUNDING = 1.02;
  private static final int MOST_CORES = 1024;

  /**
   * Milliseconds of one model's runs.
   *
   * @param loadMillis from its file to a session
   * @param firstMillis of the first run
   * @param cpuSeconds that all its timed runs took, of all threads
   */
  public record Times(
      double loadMillis,
      double firstMillis,
      double p10Millis,
      double p50Millis,
      double p95Millis,
      double p99Millis,
      double cpuSeconds) {
    public Times {
      require(loadMillis > 0 && firstMillis > 0 && p10Millis > 0, "a time is not above 0");
      require(
          p10Millis <= p50Millis && p50Millis <= p95Millis && p95Millis <= p99Millis,
          "percentiles are out of order");
      require(Double.isFinite(p99Millis + loadMillis + firstMillis), "a time is not finite");
      require(cpuSeconds >= 0 && Double.isFinite(cpuSeconds), "CPU seconds are no time");
    }

    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("load_ms", loadMillis);
      map.put("first_ms", firstMillis);
      map.put("p10_ms", p10Millis);
      map.put("p50_ms", p50Millis);
      map.put("p95_ms", p95Millis);
      map.put("p99_ms", p99Millis);
      map.put("cpu_seconds", cpuSeconds);
      return map;
    }

    static Times parse(Fields f) {
      return new Times(
          f.number("load_ms"),
          f.number("first_ms"),
          f.number("p10_ms"),
          f.number("p50_ms"),
          f.number("p95_ms"),
          f.number("p99_ms"),
          f.number("cpu_seconds"));
    }
  }

  /**
   * The candidate's 10th percentile over the reference's, with a 95 % interval.
   *
   * @param rounds of one run each
   */
  public record Ratio(double value, double low, double high, int rounds) {
    public Ratio {
      require(low > 0 && low <= value && value <= high, "the ratio is outside of its interval");
      require(Double.isFinite(high) && rounds > 0, "the ratio is of no runs");
    }

    /** Whether the interval is narrow enough to go by. */
    public boolean settled() {
      return rounds >= FEWEST_ROUNDS && (high - low) / 2 <= SETTLED * value;
    }

    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("value", value);
      map.put("low", low);
      map.put("high", high);
      map.put("rounds", rounds);
      map.put("settled", settled());
      return map;
    }

    static Ratio parse(Fields f) {
      return new Ratio(
          f.number("value"), f.number("low"), f.number("high"), (int) f.integer("rounds"));
    }
  }

  public BenchResult {
    double told = candidate.p10Millis / reference.p10Millis;
    require(
        told <= ratio.value * ROUNDING && ratio.value <= told * ROUNDING,
        "the ratio is not that of the times");
    double least = 0.9 * ratio.rounds * (candidate.p10Millis + reference.p10Millis) / 1e3;
    require(Double.isFinite(seconds) && least <= seconds * ROUNDING, "more ran than time allows");
    require(
        candidate.cpuSeconds + reference.cpuSeconds <= MOST_CORES * seconds,
        "more CPU time went by than there are cores");
    require(peakBytes >= 0 && differs >= 0, "bytes or differences are below 0");
    require(
        celsius.isEmpty() || Math.abs(celsius.getAsDouble()) < 200,
        "no device is that hot or cold");
    require(
        storageGbs.isEmpty() || (storageGbs.getAsDouble() > 0 && storageGbs.getAsDouble() < 1e3),
        "no storage is that fast or slow");
  }

  private static void require(boolean possible, String otherwise) {
    if (!possible) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "bench with impossible numbers: " + otherwise);
    }
  }

  /** Why it is no measurement to go by; empty if it is one. */
  public Optional<String> doubt() {
    if (throttled) {
      return Optional.of("the device was throttled");
    }
    return ratio.settled()
        ? Optional.empty()
        : Optional.of(
            "its times vary too much: %.3f to %.3f times the reference's"
                .formatted(ratio.low, ratio.high));
  }

  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("runtime", runtime);
    map.put("candidate", candidate.json());
    map.put("reference", reference.json());
    map.put("ratio", ratio.json());
    map.put("seconds", seconds);
    map.put("peak_bytes", peakBytes);
    map.put("differs", Double.isFinite(differs) ? (Object) differs : Json.Absent.NULL);
    celsius.ifPresent(degrees -> map.put("celsius", degrees));
    map.put("throttled", throttled);
    underLoad.ifPresent(load -> map.put("under_load", load.json()));
    storageGbs.ifPresent(speed -> map.put("storage_gb_s", speed));
    return map;
  }

  /**
   * @throws RejectedException MALFORMED_PAYLOAD, also for numbers that no device can give
   */
  public static BenchResult parse(Fields f) {
    return new BenchResult(
        f.string("runtime"),
        Times.parse(f.object("candidate")),
        Times.parse(f.object("reference")),
        Ratio.parse(f.object("ratio")),
        f.number("seconds"),
        f.integer("peak_bytes"),
        f.findNumber("differs").orElse(Double.POSITIVE_INFINITY),
        f.findNumber("celsius"),
        f.flag("throttled"),
        f.has("under_load")
            ? Optional.of(UnderLoad.parse(f.object("under_load")))
            : Optional.empty(),
        f.findNumber("storage_gb_s"));
  }
}
