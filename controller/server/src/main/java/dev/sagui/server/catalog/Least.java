/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.cost.Work;
import dev.sagui.device.BenchResult;
import dev.sagui.device.Peak;
import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Milliseconds that no run of a model can be below on a board, by what its vector units and its
 * memory can do at most; half of it, since boards are overclocked and convolutions skip their
 * padding.
 *
 * @param computing 0 where nothing is known
 * @param reading the weights of products, beyond what caches hold; convolutions and tables need not
 *     read all of theirs
 */
public record Least(double computing, double reading) {
  /** Nothing is known of the board or the model. */
  public static final Least UNKNOWN = new Least(0, 0);

  /** Of a bench's two. */
  public record Pair(Least candidate, Least reference) {
    public static final Pair UNKNOWN = new Pair(Least.UNKNOWN, Least.UNKNOWN);

    /** Why no such board measured that; empty if one may have. */
    public Optional<String> impossible(BenchResult result) {
      return candidate
          .impossible(result.candidate().p10Millis())
          .or(() -> reference.impossible(result.reference().p10Millis()));
    }

    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("candidate", candidate.json());
      map.put("reference", reference.json());
      return map;
    }

    static Pair parse(Fields f) {
      return new Pair(Least.parse(f.object("candidate")), Least.parse(f.object("reference")));
    }
  }

  private static final double SURE = 0.5;

  public static Least of(Peak board, Work work) {
    double computing = 0;
    double reading = 0;
    for (Work.Operator each : work.operators()) {
      double gops = each.kind().endsWith("fp32") ? board.fp32Gflops() : board.int8Gops();
      computing += each.flops() / 1e6 / gops;
      if (each.kind().startsWith("MatMul")) {
        reading += Math.max(0, each.bytes() - board.cacheBytes()) / 1e6 / board.memoryGbs();
      }
    }
    return new Least(SURE * computing, SURE * reading);
  }

  /** Why no such board ran it in that time; empty if one may have. */
  Optional<String> impossible(double millis) {
    if (millis < computing) {
      return Optional.of(told(millis, computing, "compute"));
    }
    return millis < reading
        ? Optional.of(told(millis, reading, "read the weights"))
        : Optional.empty();
  }

  private static String told(double millis, double least, String doing) {
    return String.format(
        Locale.ROOT,
        "a run in %.3g ms, and its profile's board needs %.3g ms to %s",
        millis,
        least,
        doing);
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("computing_ms", computing);
    map.put("reading_ms", reading);
    return map;
  }

  static Least parse(Fields f) {
    return new Least(f.number("computing_ms"), f.number("reading_ms"));
  }
}
