/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a board can do at most, all its cores together: what is told beyond that was not measured.
 *
 * @param fp32Gflops 10⁹ operations a second that its vector units can begin
 * @param int8Gops the same of int8
 * @param memoryGbs 10⁹ bytes a second that its memory's lines carry
 * @param cacheBytes of all its caches
 */
public record Peak(double fp32Gflops, double int8Gops, double memoryGbs, long cacheBytes) {
  public Peak {
    if (!(fp32Gflops > 0) || !(int8Gops > 0) || !(memoryGbs > 0) || cacheBytes < 0) {
      throw new IllegalArgumentException(
          "a peak must be positive, got fp32=%s, int8=%s, memory=%s, cache=%s"
              .formatted(fp32Gflops, int8Gops, memoryGbs, cacheBytes));
    }
  }

  static Peak parse(Fields f) {
    return new Peak(
        f.number("fp32_gflops"),
        f.number("int8_gops"),
        f.number("memory_gb_s"),
        f.integer("cache_bytes"));
  }

  /** As a profile file has it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("fp32_gflops", fp32Gflops);
    map.put("int8_gops", int8Gops);
    map.put("memory_gb_s", memoryGbs);
    map.put("cache_bytes", cacheBytes);
    return map;
  }
}
