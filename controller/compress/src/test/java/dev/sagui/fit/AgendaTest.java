/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cost.CostModel;
import dev.sagui.device.Speeds;
import dev.sagui.quality.Tolerance;
import dev.sagui.recipe.Gate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgendaTest {
  private static final List<Candidate> ALL = Candidate.all(Tolerance.ofSqnr(30));
  private static final List<Attempt> TRIED =
      List.of(
          DecisionTest.attempt("fp32", "", 4_000_000, 10, Double.POSITIVE_INFINITY),
          DecisionTest.attempt("int8-s8s8", "s8s8", 1_100_000, 4, 40));
  private static final HostTimes HERE =
      new HostTimes(
          CostModel.cold(new Speeds(100, 200, 10))
              .learnedByOperator(
                  TRIED.stream().map(a -> new CostModel.Timed(a.work(), a.p50Millis())).toList()),
          10);

  @Test
  void forSpeedIntegersComeFirst() {
    List<String> order = agenda(60).order().stream().map(Candidate::name).toList();
    assertTrue(order.indexOf("prune75-int8") < order.indexOf("prune25-stored"), order.toString());
    assertEquals(ALL.size(), order.size());
  }

  @Test
  void whatWouldTakeTheSearchBeyondItsAllowanceIsNotBegun() {
    Pace pace = new Pace(2);
    pace.begun(0.25, 10);
    pace.made(named("prune25-int8"), 3);
    Agenda agenda = agenda(20);
    assertEquals(Optional.empty(), obstacle(agenda, "prune25-int8", pace, 16));
    assertEquals(
        Optional.of("not tried: the time allowance was used up; about 9 s more would be needed"),
        obstacle(agenda, "prune40-int8", pace, 16));
  }

  @Test
  void oneIsMadeIfAnyTimeIsLeft() {
    Agenda agenda = agenda(20);
    List<Attempt> nothing = TRIED.subList(0, 1);
    Candidate int8 = named("int8");
    Pace slow = new Pace(50);
    assertEquals(Optional.empty(), agenda.obstacle(int8, nothing, HERE, slow, 50));
    assertTrue(agenda.obstacle(int8, nothing, HERE, slow, 61).isPresent());
  }

  @Test
  void moreOfWhatWasTooMuchIsNotTried() {
    Agenda agenda = agenda(60);
    agenda.tooMuch(named("prune40-int8"));
    assertTrue(obstacle(agenda, "prune50-int8", new Pace(0.1), 0).isPresent());
    assertEquals(Optional.empty(), obstacle(agenda, "prune50-stored", new Pace(0.1), 0));
    agenda.tooMuch(named("prune25-stored"));
    assertTrue(obstacle(agenda, "prune25-int8", new Pace(0.1), 0).isPresent());
  }

  @Test
  void whatIsTooSlowByPredictionIsNotMade() {
    Agenda agenda = agenda(60, new Gate("p95", 3.5));
    String why = obstacle(agenda, "prune25-stored", new Pace(0.1), 0).orElseThrow();
    assertTrue(why.contains("on board, the limit is 3.50 ms"), why);
    assertEquals(Optional.empty(), obstacle(agenda, "prune25-int8", new Pace(0.1), 0));
  }

  private static Optional<String> obstacle(Agenda agenda, String name, Pace pace, double spent) {
    return agenda.obstacle(named(name), TRIED, HERE, pace, spent);
  }

  private static Candidate named(String name) {
    return ALL.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private static Agenda agenda(double seconds, Gate... limits) {
    Search.Demand demand =
        new Search.Demand(
            List.of(DecisionTest.board()),
            Limits.common(limits),
            Preference.SPEED,
            new Workbench.Settings(0, Map.of(), 1),
            Duration.ofSeconds(60));
    return new Agenda(demand, ALL, seconds);
  }
}
