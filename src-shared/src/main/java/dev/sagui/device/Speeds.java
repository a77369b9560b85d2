/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * How fast a device computes and reads, with all threads that a model gets; for estimates of models
 * that were not run there.
 *
 * @param fp32Gflops of convolutions and products, 10⁹ operations a second, two for each
 *     multiplication and addition
 * @param int8Gops the same in the device's int8 format
 * @param memoryGbs 10⁹ bytes a second of weights read by a product with a vector
 * @param callMillis of a run that computes next to nothing
 * @param storageGbs 10⁹ bytes a second read from where models lie, past the page cache
 * @param devices that measured them; 0 for a board's data
 */
public record Speeds(
    double fp32Gflops,
    double int8Gops,
    double memoryGbs,
    OptionalDouble callMillis,
    OptionalDouble storageGbs,
    int devices) {
  public Speeds {
    if (!(fp32Gflops > 0) || !(int8Gops > 0) || !(memoryGbs > 0)) {
      throw new IllegalArgumentException(
          "speeds must be positive, got fp32=%s, int8=%s, memory=%s"
              .formatted(fp32Gflops, int8Gops, memoryGbs));
    }
  }

  /** A board's, as it is planned with. */
  public Speeds(double fp32Gflops, double int8Gops, double memoryGbs) {
    this(fp32Gflops, int8Gops, memoryGbs, OptionalDouble.empty(), OptionalDouble.empty(), 0);
  }

  /** The median of what devices of a profile measured, number by number. */
  public static Speeds median(List<Speeds> measured) {
    return new Speeds(
        median(measured, Speeds::fp32Gflops).orElseThrow(),
        median(measured, Speeds::int8Gops).orElseThrow(),
        median(measured, Speeds::memoryGbs).orElseThrow(),
        medianOf(measured, Speeds::callMillis),
        medianOf(measured, Speeds::storageGbs),
        measured.stream().mapToInt(Speeds::devices).sum());
  }

  private static OptionalDouble median(List<Speeds> of, ToDoubleFunction<Speeds> number) {
    return middle(of.stream().mapToDouble(number));
  }

  private static OptionalDouble medianOf(List<Speeds> of, Function<Speeds, OptionalDouble> number) {
    return middle(of.stream().map(number).flatMapToDouble(OptionalDouble::stream));
  }

  private static OptionalDouble middle(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int n = sorted.length;
    return n == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
  }

  /** What {@link #json} wrote. */
  public static Speeds parse(Fields f) {
    return new Speeds(
        f.number("fp32_gflops"),
        f.number("int8_gops"),
        f.number("memory_gb_s"),
        f.findNumber("call_ms"),
        f.findNumber("storage_gb_s"),
        f.has("devices") ? (int) f.integer("devices") : 0);
  }

  /** As a profile file has it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("fp32_gflops", fp32Gflops);
    map.put("int8_gops", int8Gops);
    map.put("memory_gb_s", memoryGbs);
    callMillis.ifPresent(millis -> map.put("call_ms", millis));
    storageGbs.ifPresent(speed -> map.put("storage_gb_s", speed));
    if (devices > 0) {
      map.put("devices", devices);
    }
    return map;
  }
}
