/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.wire.SlotState;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The update policy: for each state and event the next state; a pair without a rule is a bug. */
public final class UpdateRules {
  /** What can happen to a slot. */
  public enum Event {
    /** Another release is desired. */
    DESIRED,
    /** What is desired is what serves. */
    SETTLED,
    /** Work cannot go on now: no space, no window, no broker, no memory. */
    BLOCKED,
    /** What was waited for may be there. */
    UNBLOCKED,
    /** All chunks are here, each checked. */
    FETCHED,
    /** The files are what the manifest says. */
    CHECKED,
    /** The files lie together in a folder. */
    STAGED,
    /** The trial ended without a verdict on the model; it is begun anew. */
    RETRIED,
    /** The model loaded and gave its golden outputs in time; it serves, watched. */
    PASSED,
    /** It served well for the soak time. */
    COMMITTED,
    /** It served badly. */
    FAILED,
    /** The release was refused; what served before serves. */
    REFUSED,
    /** The release took a process down, or the update began anew, too often. */
    STRUCK_OUT,
    /** The agent was started anew. */
    RESTARTED
  }

  private record Edge(SlotState from, Event event, SlotState to) {}

  // spotless:off
  private static final List<Edge> EDGES = List.of(
      new Edge(SlotState.IDLE,        Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.IDLE,        Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.IDLE,        Event.REFUSED,    SlotState.REJECTED),    // what served before does not load any more
      new Edge(SlotState.IDLE,        Event.STRUCK_OUT, SlotState.QUARANTINED), // or takes the agent down at its starts
      new Edge(SlotState.IDLE,        Event.RESTARTED,  SlotState.IDLE),

      new Edge(SlotState.WAITING,     Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.WAITING,     Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.WAITING,     Event.BLOCKED,    SlotState.WAITING),     // for something else, or still
      new Edge(SlotState.WAITING,     Event.UNBLOCKED,  SlotState.FETCHING),
      new Edge(SlotState.WAITING,     Event.RESTARTED,  SlotState.FETCHING),

      new Edge(SlotState.FETCHING,    Event.DESIRED,    SlotState.FETCHING),    // the newer one wins
      new Edge(SlotState.FETCHING,    Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.FETCHING,    Event.BLOCKED,    SlotState.WAITING),
      new Edge(SlotState.FETCHING,    Event.FETCHED,    SlotState.CHECKING),
      new Edge(SlotState.FETCHING,    Event.REFUSED,    SlotState.REJECTED),
      new Edge(SlotState.FETCHING,    Event.STRUCK_OUT, SlotState.QUARANTINED),
      new Edge(SlotState.FETCHING,    Event.RESTARTED,  SlotState.FETCHING),

      new Edge(SlotState.CHECKING,    Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.CHECKING,    Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.CHECKING,    Event.BLOCKED,    SlotState.WAITING),
      new Edge(SlotState.CHECKING,    Event.CHECKED,    SlotState.STAGING),
      new Edge(SlotState.CHECKING,    Event.REFUSED,    SlotState.REJECTED),
      new Edge(SlotState.CHECKING,    Event.RESTARTED,  SlotState.FETCHING),

      new Edge(SlotState.STAGING,     Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.STAGING,     Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.STAGING,     Event.BLOCKED,    SlotState.WAITING),
      new Edge(SlotState.STAGING,     Event.STAGED,     SlotState.TRYING),
      new Edge(SlotState.STAGING,     Event.REFUSED,    SlotState.REJECTED),
      new Edge(SlotState.STAGING,     Event.RESTARTED,  SlotState.FETCHING),

      new Edge(SlotState.TRYING,      Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.TRYING,      Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.TRYING,      Event.BLOCKED,    SlotState.WAITING),
      new Edge(SlotState.TRYING,      Event.RETRIED,    SlotState.TRYING),
      new Edge(SlotState.TRYING,      Event.PASSED,     SlotState.PROBATION),
      new Edge(SlotState.TRYING,      Event.REFUSED,    SlotState.REJECTED),
      new Edge(SlotState.TRYING,      Event.STRUCK_OUT, SlotState.QUARANTINED),
      new Edge(SlotState.TRYING,      Event.RESTARTED,  SlotState.FETCHING),

      new Edge(SlotState.PROBATION,   Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.PROBATION,   Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.PROBATION,   Event.COMMITTED,  SlotState.IDLE),
      new Edge(SlotState.PROBATION,   Event.FAILED,     SlotState.ROLLED_BACK),
      new Edge(SlotState.PROBATION,   Event.STRUCK_OUT, SlotState.QUARANTINED),
      new Edge(SlotState.PROBATION,   Event.RESTARTED,  SlotState.FETCHING),    // proven anew, counted as a try

      new Edge(SlotState.ROLLED_BACK, Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.ROLLED_BACK, Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.ROLLED_BACK, Event.RESTARTED,  SlotState.ROLLED_BACK),

      new Edge(SlotState.REJECTED,    Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.REJECTED,    Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.REJECTED,    Event.RESTARTED,  SlotState.REJECTED),

      new Edge(SlotState.QUARANTINED, Event.DESIRED,    SlotState.FETCHING),
      new Edge(SlotState.QUARANTINED, Event.SETTLED,    SlotState.IDLE),
      new Edge(SlotState.QUARANTINED, Event.RESTARTED,  SlotState.QUARANTINED));
  // spotless:on

  private static final Map<SlotState, Map<Event, SlotState>> TABLE =
      EDGES.stream()
          .collect(
              Collectors.groupingBy(
                  Edge::from, Collectors.toMap(Edge::event, Edge::to, (a, b) -> a)));

  private UpdateRules() {}

  /** The state after {@code event} in {@code state}. */
  public static SlotState next(SlotState state, Event event) {
    SlotState next = TABLE.getOrDefault(state, Map.of()).get(event);
    if (next == null) {
      throw new IllegalStateException(
          "no rule for %s in %s; this is a bug".formatted(event, state));
    }
    return next;
  }

  /** For tests: how often each pair stands in the table. */
  static Map<String, Long> rulesByPair() {
    return EDGES.stream()
        .map(edge -> edge.from + " " + edge.event)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }
}
