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
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpdateRulesTest {
  /** Pairs that no sequence of steps reaches; reaching one is a bug. */
  private static final Map<SlotState, Set<Event>> IMPOSSIBLE = new EnumMap<>(SlotState.class);

  static {
    IMPOSSIBLE.put(
        SlotState.IDLE, Set.of(Event.FETCHED, Event.CHECKED, Event.STAGED, Event.PASSED));
    IMPOSSIBLE.put(SlotState.FETCHING, Set.of(Event.CHECKED, Event.STAGED, Event.PASSED));
    IMPOSSIBLE.put(SlotState.CHECKING, Set.of(Event.FETCHED, Event.STAGED, Event.PASSED));
    IMPOSSIBLE.put(SlotState.STAGING, Set.of(Event.FETCHED, Event.CHECKED, Event.PASSED));
    IMPOSSIBLE.put(SlotState.TRYING, Set.of(Event.FETCHED, Event.CHECKED, Event.STAGED));
    IMPOSSIBLE.put(
        SlotState.REJECTED,
        Set.of(Event.FETCHED, Event.CHECKED, Event.STAGED, Event.PASSED, Event.REFUSED));
  }

  @ParameterizedTest
  @EnumSource
  void everyPairHasOneRuleOrIsNamedImpossible(SlotState state) {
    for (Event event : Event.values()) {
      long rules = UpdateRules.rulesByPair().getOrDefault(state + " " + event, 0L);
      boolean impossible = IMPOSSIBLE.get(state).contains(event);
      assertEquals(impossible ? 0 : 1, rules, state + " " + event);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anImpossiblePairIsABug(SlotState state) {
    for (Event event : IMPOSSIBLE.get(state)) {
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
  @EnumSource(names = {"FETCHING", "CHECKING", "STAGING", "TRYING"})
  void aRestartOfWorkBeginsAtFetching(SlotState state) {
    assertEquals(SlotState.FETCHING, UpdateRules.next(state, Event.RESTARTED));
  }

  @ParameterizedTest
  @EnumSource(names = {"IDLE", "REJECTED"})
  void aRestartAtRestChangesNothing(SlotState state) {
    assertEquals(state, UpdateRules.next(state, Event.RESTARTED));
  }

  @Test
  void onlyATrialLeadsToServing() {
    for (SlotState state : SlotState.values()) {
      assertTrue(state == SlotState.TRYING || IMPOSSIBLE.get(state).contains(Event.PASSED));
    }
  }
}
