/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How a board's cores are clocked, and when they are held back: what its times depend on beside the
 * board. Of a profile what is planned with, of a device what it is set to.
 *
 * @param governor of Linux's cpufreq, {@code ondemand} for example
 * @param maxMhz the highest clock that a core is allowed
 * @param throttleCelsius from which on clocks fall
 */
public record Conditions(
    Optional<String> governor, OptionalInt maxMhz, OptionalDouble throttleCelsius) {
  /** Nothing is known of them. */
  public static final Conditions UNKNOWN =
      new Conditions(Optional.empty(), OptionalInt.empty(), OptionalDouble.empty());

  /** Clocks that differ by less are the same: sysfs tells of multiples of a bus clock. */
  private static final double SAME_CLOCK = 0.98;

  /** Below where clocks fall, so that they do not within a measurement. */
  private static final double COOL_MARGIN = 10;

  public Conditions {
    boolean named = governor.isEmpty() || governor.get().matches("[a-z0-9_-]{1,32}");
    boolean clocked = maxMhz.isEmpty() || (maxMhz.getAsInt() > 0 && maxMhz.getAsInt() < 100_000);
    boolean warm =
        throttleCelsius.isEmpty()
            || (throttleCelsius.getAsDouble() > 0 && throttleCelsius.getAsDouble() < 200);
    if (!named || !clocked || !warm) {
      throw new IllegalArgumentException(
          "conditions must be a governor's name, MHz and degrees, got %s, %s and %s"
              .formatted(governor, maxMhz, throttleCelsius));
    }
  }

  /** Where these of a device would make it slower than {@code planned}, in words for people. */
  public List<String> slowerThan(Conditions planned) {
    List<String> all = new ArrayList<>();
    if (governor.isPresent() && planned.governor.isPresent() && isLazier(planned.governor.get())) {
      all.add(
          "its governor is '%s', its profile's '%s'"
              .formatted(governor.get(), planned.governor.get()));
    }
    if (maxMhz.isPresent()
        && planned.maxMhz.isPresent()
        && maxMhz.getAsInt() < SAME_CLOCK * planned.maxMhz.getAsInt()) {
      all.add(
          "its cores may have %d MHz, its profile's %d"
              .formatted(maxMhz.getAsInt(), planned.maxMhz.getAsInt()));
    }
    if (throttleCelsius.isPresent()
        && planned.throttleCelsius.isPresent()
        && throttleCelsius.getAsDouble() < planned.throttleCelsius.getAsDouble()) {
      all.add(
          String.format(
              Locale.ROOT,
              "it is held back from %.0f °C on, its profile from %.0f",
              throttleCelsius.getAsDouble(),
              planned.throttleCelsius.getAsDouble()));
    }
    return all;
  }

  /** Every other governor raises clocks under load. */
  private boolean isLazier(String planned) {
    return governor.filter("powersave"::equals).isPresent() && !planned.equals("powersave");
  }

  /** Above which nothing is measured, where it is known from which on clocks fall. */
  public OptionalDouble coolCelsius() {
    return throttleCelsius.isPresent()
        ? OptionalDouble.of(throttleCelsius.getAsDouble() - COOL_MARGIN)
        : OptionalDouble.empty();
  }

  /**
   * What is under {@code conditions} there; nothing is known where that is absent.
   *
   * @throws RejectedException MALFORMED_PAYLOAD
   */
  public static Conditions of(Fields f) {
    if (!f.has("conditions")) {
      return UNKNOWN;
    }
    Fields own = f.object("conditions");
    try {
      return new Conditions(
          own.findString("governor"),
          own.has("max_mhz")
              ? OptionalInt.of(Math.toIntExact(own.integer("max_mhz")))
              : OptionalInt.empty(),
          own.findNumber("throttle_celsius"));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "conditions: " + e.getMessage(), e);
    }
  }

  /** As a profile's file has it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    governor.ifPresent(name -> map.put("governor", name));
    maxMhz.ifPresent(mhz -> map.put("max_mhz", mhz));
    throttleCelsius.ifPresent(celsius -> map.put("throttle_celsius", celsius));
    return map;
  }
}
