/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.CostModel;
import dev.sagui.cost.Work;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.quality.Metric;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.NullScale;
import dev.sagui.quality.Quality;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.Step;
import dev.sagui.recipe.StepRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DecisionTest {
  private static final Attempt FLOAT = attempt("fp32", "", 4_000_000, 10, Double.POSITIVE_INFINITY);
  private static final Attempt STORED = attempt("stored", "", 1_000_000, 10, 50);
  private static final Attempt INT8 = attempt("int8", "s8s8", 1_100_000, 4, 40);
  private static final Attempt ROUGH = attempt("rough", "s8s8", 700_000, 3, 25);
  private static final Attempt OTHERS = attempt("others", "u8s8", 100, 0.1, 90);
  private static final List<Attempt> ALL = List.of(FLOAT, STORED, INT8, ROUGH, OTHERS);
  static final HostTimes HERE = HostTimes.of(ALL, Optional.of(new Speeds(100, 200, 10)));

  @Test
  void takesTheFastestThatKeepsTheFloorAndSaysWhyNotTheFaster() {
    Decision decision = decide(Preference.SPEED, new Gate("sqnr", 30));
    assertEquals("int8", name(decision));
    assertTrue(decision.reason().contains("rough is faster (0.30 x)"), decision.reason());
    assertTrue(decision.reason().contains("its sqnr is 25.00, the limit 30.00"), decision.reason());
  }

  @Test
  void saysWhyALayerStaysFloat() {
    Map<String, Object> metrics =
        Map.of(
            "spared_layer", "Conv 'last'", "spared_error_factor", 2.51, "spared_work_share", 0.04);
    StepRecord step = new StepRecord(new Step.Fold(), true, false, "", 0, 1, 1, metrics, Map.of());
    Attempt mixed = attempt("mixed", "s8s8", 900_000, 4, 40, List.of(step));
    Decision decision =
        Decision.of(
            wish(new Gate("sqnr", 30)),
            new DeviceTime(board(), HERE),
            Preference.SPEED,
            List.of(FLOAT, mixed));
    assertTrue(
        decision
            .reason()
            .contains(
                "Conv 'last' stays float32, because int8 there makes the error 2.5 x as large for 4 % of the work"),
        decision.reason());
  }

  @Test
  void preferenceDecidesAmongThoseThatKeepAll() {
    assertEquals("rough", name(decide(Preference.SPEED, new Gate("sqnr", 20))));
    assertEquals("stored", name(decide(Preference.BYTES, new Gate("sqnr", 30))));
    assertEquals("fp32", name(decide(Preference.QUALITY, new Gate("sqnr", 30))));
    assertEquals(
        "stored",
        name(decide(Preference.QUALITY, new Gate("sqnr", 30), new Gate("flash", 2_000_000))));
  }

  @Test
  void neverGivesADeviceTheIntegersOfAnother() {
    for (Preference preference : Preference.values()) {
      Decision decision = decide(preference, new Gate("sqnr", 20));
      assertTrue(decision.front().stream().noneMatch(OTHERS::equals));
      assertTrue(!name(decision).equals("others"));
    }
  }

  @Test
  void refusesWithTheNearestAndWhatLetsItThrough() {
    Decision refused =
        decide(Preference.SPEED, new Gate("sqnr", 45), new Gate("p95", 4), new Gate("flash", 2e6));
    assertEquals("none", name(refused));
    assertEquals("int8", refused.nearest().orElseThrow().name().value());
    assertTrue(refused.reason().contains("by sqnr=40.00"), refused.reason());
    Decision relaxed =
        decide(
            Preference.SPEED, new Gate("sqnr", 40.00), new Gate("p95", 4), new Gate("flash", 2e6));
    assertEquals("int8", name(relaxed));
  }

  @Test
  void frontHoldsThoseThatNoneBeatsInAll() {
    Attempt beaten = attempt("beaten", "s8s8", 1_200_000, 5, 39);
    Decision decision =
        Decision.of(
            wish(new Gate("sqnr", 20)),
            new DeviceTime(board(), HERE),
            Preference.SPEED,
            List.of(FLOAT, STORED, INT8, beaten));
    assertEquals(List.of(FLOAT, STORED, INT8), decision.front());
  }

  @Test
  void timesOfABoardAreScaledByBothSpeeds() {
    DeviceTime time = new DeviceTime(board().with(new Speeds(10, 40, 10)), HERE);
    assertEquals(DeviceTime.Source.ESTIMATED, time.source());
    assertEquals(100, time.p50Millis(FLOAT), 1);
    assertEquals(20, time.p50Millis(INT8), 0.2);
    assertEquals(Optional.of(CostModel.COLD_ERROR), time.error(INT8));
    assertEquals("the board's", time.whoseSpeeds());
  }

  @Test
  void saysWhoMeasuredTheSpeedsOfTheProfile() {
    Speeds probed = new Speeds(10, 40, 10, OptionalDouble.of(0.1), OptionalDouble.empty(), 1);
    DeviceTime one = new DeviceTime(board().with(probed), HERE);
    assertEquals("those that a device of the profile measured", one.whoseSpeeds());
    Speeds both = Speeds.median(List.of(probed, probed));
    DeviceTime two = new DeviceTime(board().with(both), HERE);
    assertEquals("those that 2 devices of the profile measured", two.whoseSpeeds());
  }

  @Test
  void variantsThatDoTheSameWorkAreSaidToTakeAsLong() {
    Attempt stored = attempt("stored", "", 1_000_000, 10, 45).at(0.7, 7);
    Attempt half = attempt("half", "", 2_000_000, 10, 60).at(0.9, 9);
    Attempt mixed = attempt("mixed", "", 900_000, 10, 40).at(0.74, 7.4);
    HostTimes here =
        HostTimes.of(
            List.of(attempt("fp32", "", 4_000_000, 12, 99), stored, half, mixed),
            Optional.of(new Speeds(100, 200, 10)));
    DeviceTime time = new DeviceTime(board().with(new Speeds(10, 40, 10)), here);
    assertEquals(time.p50Millis(stored), time.p50Millis(half), 1e-9);
    assertEquals(0.74 * 12, here.millis(mixed), 1e-9);
  }

  @Test
  void withoutSpeedsTimesAreThisMachines() {
    DeviceTime time = new DeviceTime(board(), HERE);
    assertEquals(DeviceTime.Source.THIS_MACHINE, time.source());
    assertEquals(10, time.p50Millis(FLOAT), 0);
  }

  @Test
  void budgetsOfTheProfileHoldUnlessOthersAreGiven() {
    Wish own = Wish.of(board(), Limits.common(new Gate("flash", 5)));
    assertEquals(List.of("flash", "ram"), own.limits().stream().map(Gate::name).toList());
    assertEquals(5, own.limits().get(0).limit(), 0);
  }

  private static Decision decide(Preference preference, Gate... limits) {
    return Decision.of(wish(limits), new DeviceTime(board(), HERE), preference, ALL);
  }

  private static Wish wish(Gate... limits) {
    return Wish.of(board(), Limits.common(limits));
  }

  private static String name(Decision decision) {
    return decision.chosen().map(a -> a.name().value()).orElse("none");
  }

  static DeviceProfile board() {
    return new DeviceProfile(
        new ArtifactName("board"),
        "board",
        "aarch64",
        List.of("asimd", "asimddp"),
        4,
        1L << 32,
        4,
        new Budget(1L << 32, 1L << 32, Double.POSITIVE_INFINITY),
        Optional.empty());
  }

  /** As many operations as take so long at the speeds of {@link #HERE}. */
  private static Work work(String arithmetic, double millis) {
    return arithmetic.isEmpty()
        ? new Work(List.of(new Work.Operator("Conv fp32", 100e6 * millis, 0, millis)))
        : new Work(List.of(new Work.Operator("Conv int8", 200e6 * millis, 0, millis)));
  }

  static Attempt attempt(String name, String arithmetic, long bytes, double millis, double sqnr) {
    return attempt(name, arithmetic, bytes, millis, sqnr, List.of());
  }

  private static Attempt attempt(
      String name,
      String arithmetic,
      long bytes,
      double millis,
      double sqnr,
      List<StepRecord> steps) {
    Quality quality =
        new Quality(
            ModelKind.IMAGE,
            Double.isInfinite(sqnr),
            Map.of(Metric.SQNR_DB, sqnr, Metric.PSNR_DB, sqnr + 8),
            0,
            1,
            1,
            "latents",
            NullScale.NONE);
    return new Attempt(
        new ArtifactName(name),
        arithmetic,
        Path.of(name),
        new Recipe(0, Map.of(), List.of(), List.of()),
        bytes,
        0,
        bytes,
        4_000_000,
        quality,
        millis,
        millis,
        millis / 10,
        work(arithmetic, millis),
        steps);
  }
}
