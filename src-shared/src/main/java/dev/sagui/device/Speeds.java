/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How fast a device computes and reads, with all threads that a model gets; for estimates of models
 * that were not run there.
 *
 * @param fp32Gflops of convolutions and products, 10⁹ operations a second, two for each
 *     multiplication and addition
 * @param int8Gops the same in the device's int8 format
 * @param memoryGbs 10⁹ bytes a second of weights read by a product with a vector
 */
public record Speeds(double fp32Gflops, double int8Gops, double memoryGbs) {
  public Speeds {
    if (!(fp32Gflops > 0) || !(int8Gops > 0) || !(memoryGbs > 0)) {
      throw new IllegalArgumentException(
          "speeds must be positive, got fp32=%s, int8=%s, memory=%s"
              .formatted(fp32Gflops, int8Gops, memoryGbs));
    }
  }

  /** What {@link #json} wrote. */
  public static Speeds parse(Fields f) {
    return new Speeds(f.number("fp32_gflops"), f.number("int8_gops"), f.number("memory_gb_s"));
  }

  /** As a profile file has it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("fp32_gflops", fp32Gflops);
    map.put("int8_gops", int8Gops);
    map.put("memory_gb_s", memoryGbs);
    return map;
  }
}
