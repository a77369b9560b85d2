/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.Int8Format;
import dev.sagui.recipe.Gate;
import dev.sagui.run.MemoryEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a variant must keep on a device.
 *
 * @param limits flash, ram and p95 as {@code --budget} has them, floors as {@code --floor}
 */
public record Wish(DeviceProfile device, List<Gate> limits) {
  public Wish {
    limits = List.copyOf(limits);
  }

  /** With the limits of the profile's own budget that are not given. */
  static Wish of(DeviceProfile device, Limits asked) {
    Budget budget = device.budget();
    List<Gate> given = asked.of(device);
    List<Gate> limits = new ArrayList<>(given);
    Stream.of(
            new Gate("flash", budget.flashBytes()),
            new Gate("ram", budget.ramBytes()),
            new Gate("p95", budget.p95Millis()))
        .filter(own -> Double.isFinite(own.limit()))
        .filter(own -> given.stream().noneMatch(gate -> gate.name().equals(own.name())))
        .forEach(limits::add);
    return new Wish(device, limits);
  }

  String format() {
    return Int8Format.of(device).label();
  }

  /** Whether no floor is missed; what was not measured counts as missed. */
  boolean keepsFloors(Attempt attempt) {
    return limits.stream()
        .filter(limit -> !Gate.CEILINGS.contains(limit.name()))
        .allMatch(limit -> limit.hold(limit.of(attempt.quality())).met());
  }

  /** Of the limits that it does not keep. */
  List<Gate.Verdict> missed(Attempt attempt, DeviceTime time) {
    return verdicts(attempt, time).stream().filter(verdict -> !verdict.met()).toList();
  }

  private List<Gate.Verdict> verdicts(Attempt attempt, DeviceTime time) {
    return limits.stream().map(limit -> limit.hold(value(limit, attempt, time))).toList();
  }

  private static double value(Gate limit, Attempt attempt, DeviceTime time) {
    return switch (limit.name()) {
      case "flash" -> (double) attempt.bytes() + attempt.goldenBytes();
      case "ram" -> MemoryEstimate.peakBytes(attempt.floatBytes());
      case "p95" -> time.p95Millis(attempt);
      default -> limit.of(attempt.quality());
    };
  }
}
