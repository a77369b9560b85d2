/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.plan;

import dev.sagui.keys.Keys;
import dev.sagui.train.RateSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A schedule as people write it: {@code cosine}, or {@code {step: {every: 100, factor: 0.5}}}. */
final class ScheduleKeys {
  private static final List<String> NAMES =
      Arrays.stream(RateSchedule.Shape.values()).map(ScheduleKeys::name).toList();

  private static final RateSchedule FALLS =
      new RateSchedule(RateSchedule.Shape.STEP, 0, 0, 1000, 0.1);

  private ScheduleKeys() {}

  static RateSchedule parse(Keys keys, RateSchedule usual) {
    Keys.Choice choice = keys.choice("schedule", name(usual.shape()), NAMES);
    RateSchedule.Shape shape = RateSchedule.Shape.valueOf(choice.name().toUpperCase(Locale.ROOT));
    RateSchedule of = shape == usual.shape() ? usual : otherwise(shape, usual);
    Keys own = choice.keys().only(keys(shape));
    return new RateSchedule(
        shape,
        own.whole("warmup", of.warmup(), 0),
        own.number("floor", of.floor(), 0, 1),
        own.whole("every", of.every(), 1),
        own.number("factor", of.factor(), 0, 1));
  }

  private static RateSchedule otherwise(RateSchedule.Shape shape, RateSchedule usual) {
    return switch (shape) {
      case STEP -> FALLS;
      case CONSTANT -> new RateSchedule(shape, 0, 0, 0, 1);
      case COSINE, LINEAR -> new RateSchedule(shape, usual.warmup(), 0.01, 0, 1);
    };
  }

  private static List<String> keys(RateSchedule.Shape shape) {
    return switch (shape) {
      case CONSTANT -> List.of("warmup");
      case COSINE, LINEAR -> List.of("warmup", "floor");
      case STEP -> List.of("warmup", "every", "factor", "floor");
    };
  }

  static Map<String, Object> json(RateSchedule schedule) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("warmup", schedule.warmup());
    all.put("every", schedule.every());
    all.put("factor", schedule.factor());
    all.put("floor", schedule.floor());
    all.keySet().retainAll(new ArrayList<>(keys(schedule.shape())));
    return Map.of(name(schedule.shape()), all);
  }

  private static String name(RateSchedule.Shape shape) {
    return shape.name().toLowerCase(Locale.ROOT);
  }
}
