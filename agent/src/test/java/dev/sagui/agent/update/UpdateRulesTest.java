/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.wire.SlotState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpdateRulesTest {
  /** Pairs that a sequence of steps reaches; reaching another one is a bug. */
  private static final Map<SlotState, Set<Event>> POSSIBLE = new EnumMap<>(SlotState.class);

  static {
    Set<Event> always = Set.of(Event.DESIRED, Event.SETTLED, Event.RESTARTED);
    possible(SlotState.IDLE, always, Event.REFUSED, Event.STRUCK_OUT);
    possible(SlotState.WAITING, always, Event.BLOCKED, Event.UNBLOCKED);
    possible(
        SlotState.FETCHING, always, Event.BLOCKED, Event.FETCHED, Event.REFUSED, Event.STRUCK_OUT);
    possible(SlotState.CHECKING, always, Event.BLOCKED, Event.CHECKED, Event.REFUSED);
    possible(SlotState.STAGING, always, Event.BLOCKED, Event.STAGED, Event.REFUSED);
    possible(
        SlotState.TRYING,
        always,
        Event.BLOCKED,
        Event.RETRIED,
        Event.PASSED,
        Event.REFUSED,
        Event.STRUCK_OUT);
    possible(SlotState.PROBATION, always, Event.COMMITTED, Event.FAILED, Event.STRUCK_OUT);
    possible(SlotState.ROLLED_BACK, always);
    possible(SlotState.REJECTED, always);
    possible(SlotState.QUARANTINED, always);
  }

  private static void possible(SlotState state, Set<Event> always, Event... more) {
    Set<Event> all = EnumSet.copyOf(always);
    all.addAll(List.of(more));
    POSSIBLE.put(state, all);
  }

  private static Set<Event> impossible(SlotState state) {
    Set<Event> rest = EnumSet.allOf(Event.class);
    rest.removeAll(Objects.requireNonNull(POSSIBLE.get(state)));
    return rest;
  }

  @ParameterizedTest
  @EnumSource
  void everyPairHasOneRuleOrIsNamedImpossible(SlotState state) {
    for (Event event : Event.values()) {
      long rules = UpdateRules.rulesByPair().getOrDefault(state + " " + event, 0L);
      assertEquals(impossible(state).contains(event) ? 0 : 1, rules, state + " " + event);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anImpossiblePairIsABug(SlotState state) {
    for (Event event : impossible(state)) {
      String message =
          assertThrows(IllegalStateException.class, () -> UpdateRules.next(state, event))
              .getMessage();
      assertEquals("no rule for %s in %s; this is a bug".formatted(event, state), message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewerReleaseWinsInEveryState(SlotState state) {
    assertEquals(SlotState.FETCHING, UpdateRules.next(state, Event.DESIRED));
  }

  @ParameterizedTest
  @EnumSource
  void whatServesAlreadyEndsEveryUpdate(SlotState state) {
    assertEquals(SlotState.IDLE, UpdateRules.next(state, Event.SETTLED));
  }

  @ParameterizedTest
  @EnumSource(names = {"WAITING", "FETCHING", "CHECKING", "STAGING", "TRYING", "PROBATION"})
  void aRestartOfWorkBeginsAtFetching(SlotState state) {
    assertEquals(SlotState.FETCHING, UpdateRules.next(state, Event.RESTARTED));
  }

  @ParameterizedTest
  @EnumSource(names = {"IDLE", "ROLLED_BACK", "REJECTED", "QUARANTINED"})
  void aRestartAtRestChangesNothing(SlotState state) {
    assertEquals(state, UpdateRules.next(state, Event.RESTARTED));
  }

  @Test
  void onlyATrialLeadsToProbationAndOnlyProbationToCommitment() {
    for (SlotState state : SlotState.values()) {
      assertTrue(state == SlotState.TRYING || impossible(state).contains(Event.PASSED));
      assertTrue(state == SlotState.PROBATION || impossible(state).contains(Event.COMMITTED));
    }
  }
}
