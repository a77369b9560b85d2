/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.MaintenanceWindow;
import dev.sagui.agent.fetch.Progress;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Optional;

/** What stops an update for a while: no space, no memory, no broker, no window, not its turn. */
final class Waits {
  private static final System.Logger LOG = System.getLogger("sagui.update");
  private static final Duration RETRY = Duration.ofSeconds(60);

  /** Without a usable byte for so long, a fetch gives way to waiting. */
  private static final Duration STALL = Duration.ofMinutes(2);

  private final ArtifactStore store;
  private final Slots slots;
  private final MaintenanceWindow window;
  private final Clock wallClock;

  Waits(Agent.Parts parts, Slots slots) {
    this.store = parts.store();
    this.slots = slots;
    this.window = parts.settings().window();
    this.wallClock = parts.wallClock();
  }

  /** A step of an update. */
  interface Step {
    void run() throws IOException, UnavailableException;
  }

  /** Runs a step; what it throws refuses the slot's release, or lets it wait. */
  void guarded(Slot slot, Step step, long nowNanos) throws IOException {
    try {
      step.run();
    } catch (RejectedException e) {
      slots.refuse(slot, Event.REFUSED, Slots.failure(e));
    } catch (UnavailableException e) {
      begin(
          slot,
          new Reported.Failure(FailureCode.OVER_RAM_BUDGET, String.valueOf(e.getMessage())),
          nowNanos);
    } catch (IOException e) {
      begin(slot, new Reported.Failure(FailureCode.DISK_FULL, disk(e)), nowNanos);
    }
  }

  private String disk(IOException e) {
    return "the disk does not take it (%s); %d bytes are free; tried again every %d s"
        .formatted(e.getMessage(), store.freeBytes(), RETRY.toSeconds());
  }

  /** Runs a step that a disk which does not take it puts off, and no more. */
  void patient(Slot slot, Step step, long nowNanos) {
    if (nowNanos - slot.retryAtNanos() < 0) {
      return;
    }
    try {
      step.run();
    } catch (IOException | UnavailableException e) {
      slot.retryAt(nowNanos + RETRY.toNanos());
      LOG.log(Level.ERROR, "journal=unsaved reason=\"{0}\"", disk(new IOException(e)));
    }
  }

  void begin(Slot slot, Reported.Failure reason, long nowNanos) throws IOException {
    slot.retryAt(nowNanos + RETRY.toNanos());
    slots.block(slot, reason);
  }

  /** Why a fetch must wait, if it must. */
  Optional<Reported.Failure> reason(Slot slot, ReleaseFetch fetch, long nowNanos) {
    if (!isWindowOpen()) {
      String message = "updates wait for the window " + window;
      return Optional.of(new Reported.Failure(FailureCode.OUTSIDE_WINDOW, message));
    }
    if (!slot.hasTurn(nowNanos)) {
      String message = "its turn comes %d s after it was told".formatted(turn(slot).toSeconds());
      return Optional.of(new Reported.Failure(FailureCode.OUTSIDE_WINDOW, message));
    }
    if (fetch.isOverBudget()) {
      String message = budget(slot, fetch.progress());
      return Optional.of(new Reported.Failure(FailureCode.OVER_BYTE_BUDGET, message));
    }
    if (nowNanos - slot.progressAtNanos() > STALL.toNanos()) {
      String message = fetch.trouble().orElse("nothing comes that can be used");
      return Optional.of(
          new Reported.Failure(
              FailureCode.UNREACHABLE,
              "%s; asked again every %d s and when the broker is back"
                  .formatted(message, RETRY.toSeconds())));
    }
    return Optional.empty();
  }

  private static String budget(Slot slot, Progress now) {
    return "%d of %d allowed bytes have come, and %d of %s chunks are here; deploy the release again with a higher --max-bytes"
        .formatted(
            now.wireBytes(),
            slot.record().target().orElseThrow().terms().maxBytes().orElse(0),
            now.chunksHave(),
            now.chunksTotal() == 0 ? "its" : now.chunksTotal());
  }

  private boolean isWindowOpen() {
    return window.contains(LocalTime.now(wallClock));
  }

  /** Whether what the slot waits for may be there. */
  boolean isOver(Slot slot, long nowNanos) {
    if (is(slot, FailureCode.OVER_BYTE_BUDGET)) {
      return false; // other terms end it
    }
    boolean timed = !is(slot, FailureCode.OUTSIDE_WINDOW);
    return isWindowOpen()
        && slot.hasTurn(nowNanos)
        && (!timed || nowNanos - slot.retryAtNanos() >= 0);
  }

  private static Duration turn(Slot slot) {
    return slot.record().target().map(target -> target.terms().turn()).orElse(Duration.ZERO);
  }

  /** A restart: who waited for a turn does so anew, others go on. */
  void resumed(Slot slot, long nowNanos) {
    boolean waited =
        slot.record().state() == SlotState.WAITING && is(slot, FailureCode.OUTSIDE_WINDOW);
    slot.turnAt(waited ? nowNanos + turn(slot).toNanos() : nowNanos);
  }

  private static boolean is(Slot slot, FailureCode reason) {
    return slot.record().failure().filter(failure -> failure.code() == reason).isPresent();
  }

  /** The broker is back. */
  void reconnected(Slot slot, long nowNanos) {
    if (slot.record().state() == SlotState.WAITING && is(slot, FailureCode.UNREACHABLE)) {
      slot.retryAt(nowNanos);
    }
  }
}
