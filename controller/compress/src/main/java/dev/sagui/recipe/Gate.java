/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.quality.Quality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A limit that a compressed model must keep.
 *
 * @param name psnr, sqnr, ssim or cosine, floors; flash, ram or p95, ceilings
 * @param limit decibel, a ratio, bytes or milliseconds
 */
public record Gate(String name, double limit) {
  public static final List<String> FLOORS = List.of("psnr", "sqnr", "ssim", "cosine");
  public static final List<String> CEILINGS = List.of("flash", "ram", "p95");

  /** A gate held against what was measured; {@code value} is NaN when there is no measurement. */
  public record Verdict(Gate gate, double value, boolean met) {
    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", gate.name());
      map.put("limit", gate.plainLimit());
      map.put("value", value);
      map.put("met", met);
      return map;
    }
  }

  public Gate {
    if (!FLOORS.contains(name) && !CEILINGS.contains(name)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "no gate is named '%s'; floors are %s, budgets %s".formatted(name, FLOORS, CEILINGS));
    }
    if (!(limit > 0)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected a positive limit for %s, got %s".formatted(name, limit));
    }
  }

  /** The limit, as a whole number where it is one. */
  Number plainLimit() {
    return limit == Math.rint(limit) && limit < 1e15 ? (Number) (long) limit : limit;
  }

  public boolean isFloor() {
    return FLOORS.contains(name);
  }

  Verdict hold(double value) {
    return new Verdict(this, value, isFloor() ? value >= limit : value <= limit);
  }

  /** The metric of a floor; NaN when it was not measured. */
  double of(Quality quality) {
    return switch (name) {
      case "psnr" -> quality.psnrDb();
      case "sqnr" -> quality.sqnrDb();
      case "ssim" -> quality.identical() ? 1 : quality.ssim().orElse(Double.NaN);
      case "cosine" -> quality.cosine();
      default -> throw new IllegalStateException(name + " is no floor; this is a bug");
    };
  }
}
