/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an operator may want to read of the difference between two reports of a device. */
public final class SlotChanges {
  private SlotChanges() {}

  /**
   * @param before the slots of the report before, by model
   */
  public static List<Event> events(
      Map<String, Reported.Slot> before,
      Optional<String> refusedBefore,
      Reported report,
      Instant now) {
    List<Event> events = new ArrayList<>();
    for (Reported.Slot slot : report.slots()) {
      Optional<Reported.Slot> old = Optional.ofNullable(before.get(slot.model().value()));
      change(old, slot, report, now).ifPresent(events::add);
    }
    report
        .refusal()
        .filter(refusal -> !refusedBefore.equals(Optional.of(refusal.message())))
        .map(refusal -> failed(report, "", Event.Kind.REFUSED, refusal, now))
        .ifPresent(events::add);
    return events;
  }

  /** Those that the report before did not have. */
  public static List<Event> warnings(List<Reported.Failure> before, Reported report, Instant now) {
    return report.warnings().stream()
        .filter(why -> !before.contains(why))
        .map(why -> failed(report, "", Event.Kind.STATE, why, now))
        .toList();
  }

  private static Optional<Event> change(
      Optional<Reported.Slot> old, Reported.Slot slot, Reported report, Instant now) {
    String model = slot.model().value();
    if (slot.failure().isPresent() && !slot.failure().equals(old.flatMap(Reported.Slot::failure))) {
      Event.Kind kind = slot.state().isRefusal() ? Event.Kind.REJECTED : Event.Kind.STATE;
      return Optional.of(failed(report, model, kind, slot.failure().get(), now));
    }
    if (slot.serving().isPresent() && !slot.serving().equals(old.flatMap(Reported.Slot::serving))) {
      Reported.Running running = slot.serving().get();
      return Optional.of(
          plain(
              report,
              model,
              Event.Kind.SERVING,
              "serves %s, release %d%s"
                  .formatted(
                      running.variant(),
                      running.sequence(),
                      slot.state() == SlotState.PROBATION ? ", on probation" : ""),
              now));
    }
    SlotState was = old.map(Reported.Slot::state).orElse(SlotState.IDLE);
    if (was == slot.state()) {
      return Optional.empty();
    }
    String message = "%s → %s".formatted(was, slot.state());
    return Optional.of(plain(report, model, Event.Kind.STATE, message, now));
  }

  private static Event failed(
      Reported report, String model, Event.Kind kind, Reported.Failure why, Instant now) {
    String device = report.device().value();
    return new Event(0, now, device, model, kind, why.code().name(), why.message());
  }

  private static Event plain(
      Reported report, String model, Event.Kind kind, String message, Instant now) {
    return new Event(0, now, report.device().value(), model, kind, "", message);
  }
}
