/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every world that a slot can come into, from a device that serves a release, by any order of
 * events, verdicts and cuts of power before and after each save of the journal.
 */
class UpdateModelTest {
  private static final Reported.Failure WHY = new Reported.Failure(FailureCode.DISK_FULL, "why");
  private static final int LONGEST_WAY_TO_REST = 12;

  /** What may be desired. */
  private enum Release {
    A,
    B;

    private final SlotRecord.Target target =
        new SlotRecord.Target(Digest.of(new byte[] {(byte) ordinal()}), 1_000);
    private final Reported.Running running =
        new Reported.Running(
            target.manifest(), new ArtifactName("v" + ordinal()), ordinal() + 1, 10);

    SlotRecord.Target target() {
      return target;
    }

    Reported.Running running() {
      return running;
    }

    static Release of(Digest manifest) {
      return manifest.equals(A.target.manifest()) ? A : B;
    }
  }

  /**
   * A device.
   *
   * @param slot the journal's record, which is also the one that the agent is in
   * @param answers the release that answers requests
   * @param verified releases of which every file was checked
   * @param tried releases that passed a trial
   */
  private record World(
      SlotRecord slot, Optional<Release> answers, Set<Release> verified, Set<Release> tried) {

    Release target() {
      return Release.of(slot.target().orElseThrow().manifest());
    }

    Optional<Release> committed() {
      return slot.serving().map(running -> Release.of(running.manifest()));
    }

    World to(SlotRecord next) {
      return new World(next, answers, verified, tried);
    }

    World answeringCommitted() {
      return new World(slot, committed().or(() -> answers), verified, tried);
    }

    World verifying() {
      Set<Release> all = EnumSet.of(target());
      all.addAll(verified);
      return new World(slot, answers, all, tried);
    }

    World promoting() {
      Set<Release> all = EnumSet.of(target());
      all.addAll(tried);
      return new World(slot, Optional.of(target()), verified, all);
    }

    /** As Resumption takes it up. */
    World restarted() {
      SlotRecord next =
          slot.isBeingProven() && slot.isStruckOut()
              ? slot.refused(Event.STRUCK_OUT, WHY)
              : slot.after(Event.RESTARTED);
      return new World(next, committed(), verified, tried);
    }
  }

  /** A step: the record that is saved, and the world when its effect is done. */
  private record Step(SlotRecord saved, World done) {}

  private static final Set<World> WORLDS = new HashSet<>();

  @BeforeAll
  static void explore() {
    SlotRecord serving =
        SlotRecord.fresh(new ArtifactName("vae"))
            .desired(Release.A.target())
            .accepted(1)
            .fetched()
            .after(Event.CHECKED)
            .trying()
            .after(Event.PASSED)
            .committed(Release.A.running());
    Set<Release> first = EnumSet.of(Release.A);
    Deque<World> open = new ArrayDeque<>();
    reach(new World(serving, Optional.of(Release.A), first, first), open);
    while (!open.isEmpty()) {
      World world = open.pop();
      reach(world.restarted(), open);
      for (Step step : steps(world)) {
        reach(step.done(), open);
        reach(world.to(step.saved()).restarted(), open); // cut after the save, before its effect
      }
    }
  }

  private static void reach(World world, Deque<World> open) {
    if (WORLDS.add(world)) {
      open.push(world);
    }
  }

  private static List<Step> steps(World world) {
    List<Step> steps = new ArrayList<>();
    for (Release wanted : Release.values()) {
      SlotRecord next = world.slot().desired(wanted.target());
      if (!next.equals(world.slot())) {
        steps.add(new Step(next, world.to(next).answeringCommitted()));
      }
    }
    steps.addAll(work(world));
    return steps;
  }

  private static List<Step> work(World world) {
    SlotRecord slot = world.slot();
    SlotState state = slot.state();
    List<Step> steps = new ArrayList<>();
    good(world).ifPresent(steps::add);
    if (EnumSet.of(SlotState.FETCHING, SlotState.CHECKING, SlotState.STAGING, SlotState.TRYING)
        .contains(state)) {
      steps.add(plain(world, slot.refused(Event.REFUSED, WHY)));
      steps.add(plain(world, slot.blocked(WHY)));
    }
    if (state == SlotState.WAITING) {
      steps.add(plain(world, slot.blocked(WHY)));
    }
    if (state == SlotState.TRYING) { // the child crashed
      steps.add(
          plain(world, slot.isStruckOut() ? slot.refused(Event.STRUCK_OUT, WHY) : slot.trying()));
    }
    if (state == SlotState.PROBATION) {
      SlotRecord failed = slot.refused(Event.FAILED, WHY);
      steps.add(new Step(failed, world.to(failed).answeringCommitted()));
    }
    boolean resting = state == SlotState.IDLE || state.isRefusal();
    if (resting && slot.serving().isPresent() && slot.previous().isPresent()) {
      steps.add(rotten(world));
    }
    return steps;
  }

  /** The disk damages what serves; the previous release takes over. */
  private static Step rotten(World world) {
    Reported.Running previous = Release.of(world.slot().previous().orElseThrow()).running();
    SlotRecord next =
        world.slot().damaged(Optional.of(previous), world.committed().orElseThrow().target(), WHY);
    return new Step(next, world.to(next).answeringCommitted());
  }

  /** The step that an agent takes when nothing goes wrong; none at rest. */
  private static Optional<Step> good(World world) {
    SlotRecord slot = world.slot();
    return switch (slot.state()) {
      case WAITING -> Optional.of(plain(world, slot.unblocked()));
      case FETCHING -> Optional.of(fetched(world));
      case CHECKING -> Optional.of(plain(world, slot.after(Event.CHECKED)));
      case STAGING -> Optional.of(plain(world, slot.trying()));
      case TRYING -> {
        SlotRecord next = slot.after(Event.PASSED);
        yield Optional.of(new Step(next, world.to(next).promoting()));
      }
      case PROBATION -> {
        SlotRecord next = slot.committed(world.target().running());
        yield Optional.of(new Step(next, world.to(next).answeringCommitted()));
      }
      case IDLE, ROLLED_BACK, REJECTED, QUARANTINED -> Optional.empty();
    };
  }

  private static Step fetched(World world) {
    SlotRecord slot = world.slot();
    if (slot.isLooping()) {
      return plain(world, slot.refused(Event.STRUCK_OUT, WHY));
    }
    SlotRecord next = slot.accepted(world.target().running().sequence()).fetched();
    return new Step(next, world.to(next).verifying());
  }

  private static Step plain(World world, SlotRecord next) {
    return new Step(next, world.to(next));
  }

  @Test
  void somethingAnswersInEveryWorld() {
    WORLDS.forEach(world -> assertTrue(world.answers().isPresent(), world.toString()));
  }

  @Test
  void nothingIsCommittedOrAnswersThatWasNotVerifiedAndTried() {
    for (World world : WORLDS) {
      for (Release release :
          List.of(world.answers().orElseThrow(), world.committed().orElseThrow())) {
        assertTrue(world.verified().contains(release), world.toString());
        assertTrue(world.tried().contains(release), world.toString());
      }
    }
  }

  @Test
  void onlyProbationAnswersWithWhatIsNotCommitted() {
    for (World world : WORLDS) {
      if (!world.answers().equals(world.committed())) {
        assertEquals(SlotState.PROBATION, world.slot().state(), world.toString());
        assertEquals(world.target(), world.answers().orElseThrow(), world.toString());
      }
    }
  }

  @Test
  void everyWorldComesToRestAndServesWhatWasDesiredUnlessThatWasRefused() {
    for (World world : WORLDS) {
      World end = world;
      for (int steps = 0; good(end).isPresent(); steps++) {
        assertTrue(steps < LONGEST_WAY_TO_REST, world.toString());
        end = good(end).get().done();
      }
      boolean refused = end.slot().state().isRefusal();
      assertTrue(refused || end.committed().equals(Optional.of(end.target())), world.toString());
      assertEquals(refused, end.slot().failure().isPresent(), world.toString());
    }
  }

  @Test
  void aCutAnywhereEndsAsWithoutIt() {
    for (World world : WORLDS) {
      World cut = world.restarted();
      boolean countsAgainstIt = world.slot().isBeingProven() || cut.slot().isLooping();
      if (!countsAgainstIt) {
        assertEquals(rest(world).committed(), rest(cut).committed(), world.toString());
        assertEquals(rest(world).slot().state(), rest(cut).slot().state(), world.toString());
      }
    }
  }

  private static World rest(World world) {
    World end = world;
    while (good(end).isPresent()) {
      end = good(end).get().done();
    }
    return end;
  }

  @Test
  void triesAreBoundedInEveryWorld() {
    WORLDS.forEach(
        world -> assertTrue(world.slot().effort().tries() <= Effort.MAX_TRIES, world.toString()));
  }

  @Test
  void everyStateIsReached() {
    Set<SlotState> reached = EnumSet.noneOf(SlotState.class);
    WORLDS.forEach(world -> reached.add(world.slot().state()));
    assertEquals(EnumSet.allOf(SlotState.class), reached);
  }
}
