/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
  private static final List<Candidate> ALL =
      Candidate.all(Tolerance.ofSqnr(30), Duration.ofMinutes(1));
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
    Pace pace = pace(2);
    pace.begun(named("prune25-int8").cut(), 10);
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
    Pace slow = pace(50);
    assertEquals(Optional.empty(), agenda.obstacle(int8, nothing, HERE, slow, 50));
    assertTrue(agenda.obstacle(int8, nothing, HERE, slow, 61).isPresent());
  }

  @Test
  void moreOfWhatWasTooMuchIsNotTried() {
    Agenda agenda = agenda(60);
    agenda.tooMuch(named("prune40-int8"));
    assertTrue(obstacle(agenda, "prune50-int8", pace(0.1), 0).isPresent());
    assertEquals(Optional.empty(), obstacle(agenda, "prune50-stored", pace(0.1), 0));
    agenda.tooMuch(named("prune25-stored"));
    assertTrue(obstacle(agenda, "prune25-int8", pace(0.1), 0).isPresent());
  }

  @Test
  void sharesBetweenAreTriedWhereTheNextIsTooMuch() {
    Agenda agenda = agenda(600);
    assertTrue(agenda.isUnneeded(named("prune32-stored")));
    agenda.tooMuch(named("prune40-stored"));
    assertFalse(agenda.isUnneeded(named("prune32-stored")));
    assertEquals(Optional.empty(), obstacle(agenda, "prune32-stored", pace(0.1), 0));
    assertTrue(obstacle(agenda, "prune45-stored", pace(0.1), 0).isPresent());
    assertTrue(agenda.isUnneeded(named("prune17-stored")));
    List<String> order = agenda.order().stream().map(Candidate::name).toList();
    assertTrue(order.indexOf("prune10-int8") > order.indexOf("prune75-stored"), order.toString());
  }

  @Test
  void integersAreHeldStricterWhereTheirFloorIsMissed() {
    Agenda agenda = agenda(600);
    assertTrue(agenda.isUnneeded(named("int8-strict")));
    assertTrue(agenda.isUnneeded(named("prune25-int8-strict")));
    agenda.tooMuch(named("int8"));
    assertFalse(agenda.isUnneeded(named("int8-strict")));
    assertEquals(Optional.empty(), obstacle(agenda, "int8-strict", pace(0.1), 0));
    assertTrue(obstacle(agenda, "prune25-int8", pace(0.1), 0).isPresent());
    assertEquals(Optional.empty(), obstacle(agenda, "prune25-int8-strict", pace(0.1), 0));
    agenda.tooMuch(named("prune25-mixed-stored"));
    assertTrue(obstacle(agenda, "prune25-int8-strict", pace(0.1), 0).isPresent());
    assertEquals(Optional.empty(), obstacle(agenda, "prune17-int8-strict", pace(0.1), 0));
  }

  @Test
  void whatIsRemovedIsStoredFinerWhereInt8IsTooMuch() {
    Agenda agenda = agenda(600);
    assertTrue(agenda.isUnneeded(named("prune25-mixed-stored")));
    agenda.tooMuch(named("int8-stored"));
    assertTrue(obstacle(agenda, "prune25-stored", pace(0.1), 0).isPresent());
    assertEquals(Optional.empty(), obstacle(agenda, "prune25-mixed-stored", pace(0.1), 0));
    agenda.tooMuch(named("prune25-mixed-stored"));
    assertEquals(Optional.empty(), obstacle(agenda, "prune10-mixed-stored", pace(0.1), 0));
    assertTrue(obstacle(agenda, "prune32-mixed-stored", pace(0.1), 0).isPresent());
  }

  @Test
  void storageIsTriedHoweverMuchLessBitsWereTooMuch() {
    Agenda agenda = agenda(600);
    agenda.tooMuch(named("int8-stored"));
    assertEquals(Optional.empty(), obstacle(agenda, "fp16-stored", pace(0.1), 0));
    assertTrue(obstacle(agenda, "prune25-stored", pace(0.1), 0).isPresent());
  }

  @Test
  void aStudentIsMadeWhereChannelsAloneAreTooMany() {
    Agenda agenda = agenda(600);
    assertEquals("distill75-stored", agenda.order().get(ALL.size() - 1).name());
    assertTrue(obstacle(agenda, "distill50-int8", pace(0.1), 0).isPresent());
    agenda.tooMuch(named("prune50-int8"));
    assertEquals(Optional.empty(), obstacle(agenda, "distill50-int8", pace(0.1), 0));
    assertTrue(obstacle(agenda, "distill40-int8", pace(0.1), 0).isPresent());
    assertTrue(
        obstacle(agenda, "distill50-int8", pace(0.1), 560).orElseThrow().contains("allowance"));
    agenda.tooMuch(named("distill50-int8"));
    assertTrue(obstacle(agenda, "distill60-int8", pace(0.1), 0).isPresent());
  }

  @Test
  void whatSavesOfProductsIsNotTriedOnConvolutions() {
    Agenda agenda = agenda(600);
    for (String name : List.of("rank30-int8", "experts75-stored", "int4")) {
      String why = obstacle(agenda, name, pace(0.1), 0).orElseThrow();
      assertTrue(why.contains("product"), why);
    }
  }

  @Test
  void whatIsTooSlowByPredictionIsNotMade() {
    Agenda agenda = agenda(60, new Gate("p95", 3.5));
    String why = obstacle(agenda, "prune25-stored", pace(0.1), 0).orElseThrow();
    assertTrue(why.contains("on board, the limit is 3.50 ms"), why);
    assertEquals(Optional.empty(), obstacle(agenda, "prune25-int8", pace(0.1), 0));
  }

  private static Optional<String> obstacle(Agenda agenda, String name, Pace pace, double spent) {
    return agenda.obstacle(named(name), TRIED, HERE, pace, spent);
  }

  private static Pace pace(double asItCame) {
    return new Pace(asItCame, Duration.ofMinutes(1));
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
