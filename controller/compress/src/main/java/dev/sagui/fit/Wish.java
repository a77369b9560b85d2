/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.Int8Format;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.Quantity;
import dev.sagui.recipe.Step;
import dev.sagui.run.MemoryEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /**
   * What a user asks of every device.
   *
   * @param budget as {@code flash=2MB,p95=20ms}
   * @param floor as {@code psnr=35}; an SQNR below which errors begin to show if empty
   */
  public static List<Gate> limits(Optional<String> budget, Optional<String> floor) {
    List<Gate> limits = new ArrayList<>();
    budget.ifPresent(text -> limits.addAll(Quantity.gates(text, Gate.CEILINGS)));
    floor.ifPresentOrElse(
        text -> limits.addAll(Quantity.gates(text, Gate.FLOORS)),
        () -> limits.add(new Gate("sqnr", Step.StoreMixed.USUAL_SQNR_DB)));
    return limits;
  }

  /** With the limits of the profile's own budget that are not given. */
  public static Wish of(DeviceProfile device, List<Gate> given) {
    Budget budget = device.budget();
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
