/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A row of the demo's table: what a device got and how it does. */
record Delivered(
    String device,
    String variant,
    long wireBytes,
    long flashBytes,
    double psnrDb,
    long count,
    double p50Millis,
    double p95Millis,
    double p99Millis) {

  /** The table, latency as the controller has it from the agents' reports. */
  static String table(List<Delivered> rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        "  %-24s %-18s %12s %12s %12s %8s %8s %8s%n"
            .formatted(
                "device",
                "variant",
                "wire bytes",
                "flash bytes",
                "PSNR dB",
                "p50 ms",
                "p95 ms",
                "p99 ms"));
    for (Delivered row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-24s %-18s %,12d %,12d %12s %8.2f %8.2f %8.2f%n",
              row.device,
              row.variant,
              row.wireBytes,
              row.flashBytes,
              Double.isFinite(row.psnrDb)
                  ? String.format(Locale.ROOT, "%.1f", row.psnrDb)
                  : "identical",
              row.p50Millis,
              row.p95Millis,
              row.p99Millis));
    }
    return text.toString();
  }

  /** As {@code --json} has it. */
  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device);
    map.put("variant", variant);
    map.put("wire_bytes", wireBytes);
    map.put("flash_bytes", flashBytes);
    map.put("psnr_db", psnrDb);
    map.put("identical", Double.isInfinite(psnrDb));
    map.put("inferences", count);
    map.put("p50_ms", p50Millis);
    map.put("p95_ms", p95Millis);
    map.put("p99_ms", p99Millis);
    return map;
  }
}
