/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.CostModel;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.UnderLoad;
import dev.sagui.fit.DeviceBench.Reading;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofTest {
  private static final Wish WISH =
      Wish.of(DecisionTest.board(), Limits.common(new Gate("sqnr", 30)));

  private static final Attempt FLOAT =
      DecisionTest.attempt("fp32", "", 4_000_000, 10, Double.POSITIVE_INFINITY);
  private static final Attempt INT8 = DecisionTest.attempt("int8", "s8s8", 1_100_000, 4, 40);
  private static final Attempt PRUNED = DecisionTest.attempt("pruned", "", 2_000_000, 6, 35);
  private static final List<Attempt> ALL = List.of(FLOAT, INT8, PRUNED);

  /** Of which the second is near enough to the first to be chosen instead. */
  private static final List<Attempt> NEAR =
      List.of(FLOAT, INT8, DecisionTest.attempt("pruned", "", 2_000_000, 5, 35));

  @TempDir Path out;

  private final List<String> asked = new ArrayList<>();
  private double allowance = 600;

  @BeforeEach
  void layOut() throws IOException {
    for (Attempt attempt : ALL) {
      Path folder = Files.createDirectories(out.resolve(attempt.name().value()));
      Files.copy(DemoModels.VAE_DECODER, folder.resolve("model.onnx"));
    }
  }

  @Test
  void takesWhatIsFastestOnTheDeviceAndNotWhatIsFastestHere() throws IOException {
    Decision decision = decide(Map.of("int8", ratio(1.1), "pruned", ratio(0.62)));
    assertEquals(List.of("int8", "pruned"), asked);
    assertEquals(PRUNED, decision.chosen().orElseThrow());
    assertTrue(
        decision.reason().contains("0.62 x the time (0.61 to 0.63, measured on kitchen)"),
        decision.reason());
    assertEquals(62, decision.time().p50Millis(PRUNED), 1e-9);
    assertEquals(100, decision.time().p50Millis(FLOAT), 1e-9); // estimated, by what was measured
    assertTrue(decision.times().contains("[int8, pruned]"), decision.times());
  }

  @Test
  void thePageTellsWhatTheDeviceDidUnderLoad() throws IOException {
    Decision decision = decide(Map.of("int8", ratio(0.4)));
    Fitting fitting =
        new Fitting(
            "vae",
            Preference.SPEED,
            ALL,
            Map.of(),
            List.of(decision),
            Map.of(),
            Optional.empty(),
            1);
    String page = fitting.page("");
    assertTrue(
        page.contains("at 10 requests/s p50 1.00, p95 2.00, p99 3.00 ms, 0.500 J each"), page);
    assertTrue(page.contains("estimated, expect"), page);
  }

  @Test
  void stopsOnceTheChoiceWasMeasured() throws IOException {
    Decision decision = decide(Map.of("int8", ratio(0.4)));
    assertEquals(List.of("int8"), asked);
    assertEquals(INT8, decision.chosen().orElseThrow());
    assertEquals("kitchen", decision.measured().orElseThrow().device().value());
  }

  @Test
  void leavesOutWhatDoesNotRunThere() throws IOException {
    Proof proof = proof(Map.of("int8", Reading.unfit("signal 11"), "pruned", ratio(0.6)));
    Decision decision = decide(proof);
    assertEquals(PRUNED, decision.chosen().orElseThrow());
    assertEquals(Map.of("int8 on board", "signal 11"), proof.unfit());
  }

  @Test
  void withoutADeviceTheEstimateStandsAndSaysSo() throws IOException {
    Decision decision = decide(Map.of("int8", Reading.none("estimated: nobody was there")));
    assertEquals(INT8, decision.chosen().orElseThrow());
    assertTrue(decision.reason().endsWith("estimated: nobody was there"), decision.reason());
    assertEquals(Optional.empty(), decision.measured());
  }

  @Test
  void measuresNothingThatWouldComeTooLate() throws IOException {
    allowance = 4; // no device pulls and loads two models sooner
    Decision decision = decide(Map.of("int8", ratio(1.1), "pruned", ratio(0.62)));
    assertEquals(List.of(), asked);
    assertTrue(decision.reason().contains("allowance was used up"), decision.reason());
  }

  @Test
  void aDeviceIsToldHowLongAResultIsOfUse() throws IOException {
    allowance = 12;
    List<Duration> told = new ArrayList<>();
    decide(
        proof(
            (job, progress) -> {
              told.add(job.allowance());
              return ratio(0.4);
            }));
    assertTrue(told.get(0).toMillis() > 4_000 && told.get(0).toMillis() <= 12_000, told::toString);
  }

  @Test
  void theTimeOfASlowDevicesFirstRunsIsReserved() {
    Attempt slow = DecisionTest.attempt("fp32", "", 4_000_000, 1_000, Double.POSITIVE_INFINITY);
    HostTimes here = new HostTimes(DecisionTest.HERE.model(), 1_000);
    Proof proof = proof((job, progress) -> ratio(0.4));
    double fast = proof.expectedSeconds(List.of(WISH), FLOAT, DecisionTest.HERE);
    assertEquals(32, proof.expectedSeconds(List.of(WISH), slow, here) - fast, 1);
    assertTrue(proof.expectedSeconds(List.of(WISH, WISH), FLOAT, DecisionTest.HERE) > 1.9 * fast);
  }

  @Test
  void idleDevicesOfAProfileMeasureTheBestAndItsRivalsAtOnce() throws IOException {
    Meeting meeting = new Meeting(2, Map.of("int8", ratio(1.1), "pruned", ratio(0.62)));
    Decision decision =
        proof(meeting).of(List.of(WISH), DecisionTest.HERE, Preference.SPEED, NEAR).get(0);
    assertEquals(Set.of("int8", "pruned"), meeting.asked);
    assertEquals("pruned", decision.chosen().orElseThrow().name().value());
    assertEquals(62, decision.time().p50Millis(PRUNED), 1e-9);
    assertEquals(Set.of("int8", "pruned"), names(decision.time().readings().keySet()));
  }

  @Test
  void whatOneOfThemCannotTellTheOthersStillDo() throws IOException {
    Meeting meeting = new Meeting(2, Map.of("int8", ratio(0.4), "pruned", Reading.none("gone")));
    Decision decision =
        proof(meeting).of(List.of(WISH), DecisionTest.HERE, Preference.SPEED, NEAR).get(0);
    assertEquals("int8", decision.chosen().orElseThrow().name().value());
    assertFalse(decision.reason().contains("gone"), decision.reason());
  }

  private static Set<String> names(Set<ArtifactName> names) {
    return names.stream().map(ArtifactName::value).collect(Collectors.toSet());
  }

  /** So many devices of one profile, none of which ends before all have begun. */
  private static final class Meeting implements DeviceBench {
    private final CountDownLatch all;
    private final int devices;
    private final Map<String, Reading> answers;
    private final Set<String> asked = new ConcurrentSkipListSet<>();

    Meeting(int devices, Map<String, Reading> answers) {
      this.all = new CountDownLatch(devices);
      this.devices = devices;
      this.answers = answers;
    }

    @Override
    public int idle(DeviceProfile device) {
      return devices;
    }

    @Override
    public Reading measure(Job job, Progress progress) {
      asked.add(job.candidate().name().value());
      all.countDown();
      assertDoesNotThrow(() -> assertTrue(all.await(30, TimeUnit.SECONDS)));
      return Optional.ofNullable(answers.get(job.candidate().name().value())).orElseThrow();
    }
  }

  @Test
  void devicesOfSeveralProfilesMeasureAtOnce() throws IOException {
    CountDownLatch both = new CountDownLatch(2);
    DeviceBench meeting =
        new DeviceBench() {
          @Override
          public Reading measure(Job job, Progress progress) {
            both.countDown();
            assertDoesNotThrow(() -> assertTrue(both.await(30, TimeUnit.SECONDS)));
            return ratio(0.5);
          }

          @Override
          public boolean atOnce() {
            return true;
          }
        };
    List<Decision> decisions =
        proof(meeting).of(List.of(WISH, WISH), DecisionTest.HERE, Preference.SPEED, ALL);
    assertEquals(2, decisions.stream().filter(d -> d.measured().isPresent()).count());
  }

  @Test
  void whatOneFitLearnsOfAProfileTheNextPredictsBy() throws IOException {
    Map<String, CostModel> kept = new HashMap<>();
    DeviceBench slow = keeping(kept, ratio(0.4));
    decide(proof(slow));
    assertEquals(Set.of("board 1.29.0"), kept.keySet());
    CostModel first = CostModel.parse(Fields.parse(Json.write(kept.get("board 1.29.0").json())));
    assertEquals(kept.get("board 1.29.0"), first);
    assertEquals(CostModel.COLD_ERROR, first.error(), 0);
    DeviceTime next = new DeviceTime(DecisionTest.board(), DecisionTest.HERE, Optional.of(first));
    assertEquals(60, next.p50Millis(PRUNED), 6); // the board's profile has no speeds
    assertEquals(DeviceTime.Source.ESTIMATED, next.source(PRUNED));
    decide(proof(keeping(kept, ratio(0.5))));
    double error = kept.get("board 1.29.0").error();
    assertTrue(error > 0.02 && error < 0.2, () -> "off by a tenth on average, told " + error);
    Decision estimated = decide(proof(keeping(kept, Reading.none("nobody was there"))));
    assertTrue(estimated.times().contains("measured before"), estimated.times());
  }

  /** A bench that remembers, of whose devices each tells the same of all variants. */
  private static DeviceBench keeping(Map<String, CostModel> kept, Reading always) {
    return new DeviceBench() {
      @Override
      public Reading measure(Job job, Progress progress) {
        return always;
      }

      @Override
      public Optional<CostModel> known(DeviceProfile device) {
        return Optional.ofNullable(kept.get(device.name() + " 1.29.0"));
      }

      @Override
      public void keep(DeviceProfile device, String runtime, CostModel model) {
        kept.put(device.name() + " " + runtime, model);
      }
    };
  }

  private Decision decide(Map<String, Reading> answers) throws IOException {
    return decide(proof(answers));
  }

  private static Decision decide(Proof proof) throws IOException {
    return proof.of(List.of(WISH), DecisionTest.HERE, Preference.SPEED, ALL).get(0);
  }

  private Proof proof(Map<String, Reading> answers) {
    DeviceBench bench =
        (job, progress) -> {
          String name = job.candidate().name().value();
          asked.add(name);
          return Optional.ofNullable(answers.get(name)).orElseThrow();
        };
    return proof(bench);
  }

  private Proof proof(DeviceBench bench) {
    return new Proof(bench, out, Progress.NONE, new Proof.Limit(new Stint(), allowance));
  }

  /** The model as it came takes 100 ms. */
  private static Reading ratio(double ratio) {
    return Reading.of(
        new DeviceBench.Measured(
            new DeviceId("kitchen"),
            new BenchResult(
                "1.29.0",
                times(100 * ratio),
                times(100),
                new BenchResult.Ratio(ratio, ratio - 0.01, ratio + 0.01, 100),
                60,
                0,
                0,
                OptionalDouble.empty(),
                false,
                Optional.of(new UnderLoad(10, 30, 1, 2, 3, OptionalDouble.of(0.5))),
                OptionalDouble.empty())));
  }

  private static BenchResult.Times times(double millis) {
    return new BenchResult.Times(1, 1, millis, millis, millis, millis, 1);
  }
}
