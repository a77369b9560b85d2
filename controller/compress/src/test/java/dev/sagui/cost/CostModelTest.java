/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.Speeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CostModelTest {
  private static final Speeds PROBED = new Speeds(100, 300, 10);

  @Test
  void predictsWhatWasNeverRunOnADeviceOfOtherRates() {
    List<CostModel.Timed> runs = new ArrayList<>();
    for (Work work : works(12)) {
      runs.add(new CostModel.Timed(work, device(work)));
    }
    CostModel model = CostModel.cold(PROBED).learned(runs.subList(0, 8));
    for (CostModel.Timed unseen : runs.subList(8, 12)) {
      assertEquals(1, model.millis(unseen.work()) / unseen.millis(), 0.04);
    }
    assertTrue(model.error() < 0.06, () -> "error " + model.error());
  }

  @Test
  void oneReadingScalesAllRatesAndTellsOfNoError() {
    List<Work> works = works(2);
    CostModel cold = CostModel.cold(PROBED);
    CostModel.Timed seen = new CostModel.Timed(works.get(0), 2 * cold.millis(works.get(0)));
    CostModel model = cold.learned(List.of(seen));
    assertEquals(2, model.millis(works.get(1)) / cold.millis(works.get(1)), 1e-6);
    assertEquals(CostModel.COLD_ERROR, model.error(), 0);
  }

  @Test
  void kernelsOfOneMachineRunElsewhereAtItsSpeeds() {
    CostModel here = CostModel.cold(PROBED);
    CostModel there = here.at(new Speeds(10, 300, 1));
    Work floats = new Work(List.of(new Work.Operator("Conv fp32", 1e9, 0, 0)));
    Work integers = new Work(List.of(new Work.Operator("Conv int8", 1e9, 0, 0)));
    assertEquals(100, there.millis(floats), 1);
    assertEquals(1e3 / 300, there.millis(integers), 0.1);
  }

  @Test
  void aRunThatComputesNothingTakesWhatTheProbeSaid() {
    Speeds probed = new Speeds(100, 300, 10, OptionalDouble.of(2), OptionalDouble.empty(), 1);
    assertEquals(2, CostModel.cold(probed).millis(Work.UNKNOWN), 1e-9);
  }

  @Test
  void rowsOfOperatorsTellRatesThatTotalsMix() {
    Work work =
        new Work(
            List.of(
                new Work.Operator("Conv fp32", 1e8, 0, 3),
                new Work.Operator("Conv int8", 1e8, 0, 1)));
    CostModel model =
        CostModel.cold(PROBED).learnedByOperator(List.of(new CostModel.Timed(work, 4)));
    Work integers = new Work(List.of(work.operators().get(1)));
    assertEquals(1, model.millis(integers), 0.1);
  }

  @Test
  void whatIsASmallPartOfARunIsLearnedToo() {
    Work.Operator small = new Work.Operator("Resize", 0, 1e6, 0.5); // five times its guess
    Work work = new Work(List.of(new Work.Operator("Conv fp32", 1e10, 0, 99.5), small));
    CostModel model =
        CostModel.cold(PROBED).learnedByOperator(List.of(new CostModel.Timed(work, 100)));
    Work many = new Work(Collections.nCopies(100, small));
    assertEquals(50, model.millis(many), 5);
  }

  @Test
  void noFactorIsNegative() {
    NonNegative squares = new NonNegative(2);
    squares.add(new double[] {1, 1}, 1);
    squares.add(new double[] {1, 2}, 0.5);
    double[] factors = squares.factors();
    assertEquals(0.75, factors[0], 1e-6);
    assertEquals(0, factors[1], 0);
  }

  private static double device(Work work) {
    double millis = 0.01;
    for (Work.Operator each : work.operators()) {
      boolean integers = each.kind().endsWith("int8");
      millis += each.flops() / 1e9 * (integers ? 9 : 14) + each.bytes() / 1e9 * 150 + 0.002;
    }
    return millis;
  }

  private static List<Work> works(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<Work> works = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Work.Operator> operators = new ArrayList<>();
      for (String kind : List.of("Conv fp32", "Conv int8", "Relu")) {
        double flops = kind.equals("Relu") ? 0 : random.nextDouble(1e7, 1e9);
        operators.add(new Work.Operator(kind, flops, random.nextDouble(1e5, 1e7), 0));
      }
      works.add(new Work(operators));
    }
    return works;
  }
}
