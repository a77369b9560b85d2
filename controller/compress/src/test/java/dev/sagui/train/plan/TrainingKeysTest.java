/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.keys.Keys;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.RateSchedule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrainingKeysTest {
  private static TrainingKeys keys(String yaml) {
    return TrainingKeys.parse(Keys.parse(yaml, "the recipe"), TrainingKeys.USUAL);
  }

  @Test
  void readsEveryKey() {
    TrainingKeys keys =
        keys(
            """
            optimizer: {sgd: {rate: 0.1, momentum: 0.8, decay: 1e-4}}
            schedule: {step: {warmup: 3, every: 50, factor: 0.5, floor: 0.1}}
            batch: 32
            accumulate: 2
            clip: 1
            average: 0
            steps: 400
            patience: 4
            score-every: 20
            checkpoint-minutes: 0.5
            """);
    assertEquals(OptimizerRule.SGD, keys.optimizer().rule());
    assertEquals(0.8, keys.optimizer().beta1());
    assertEquals(1e-4, keys.optimizer().decay());
    assertEquals(
        new RateSchedule(RateSchedule.Shape.STEP, 3, 0.1, 50, 0.5), keys.trainer().schedule());
    assertEquals(400, keys.trainer().steps());
    assertEquals(2, keys.trainer().accumulate());
    assertEquals(
        new LoopOptions(OptionalLong.of(400), Duration.ZERO, 20, 4, Duration.ofSeconds(30)),
        keys.loop());
  }

  @Test
  void whatItWritesItReadsAgain() {
    for (String yaml :
        new String[] {
          "{}",
          "steps: 3",
          "epochs: 2.5",
          "{optimizer: lion, schedule: constant}",
          "{optimizer: {adamw: {rate: 3e-4}}, schedule: {linear: {floor: 0}}, minutes: 0.1}"
        }) {
      TrainingKeys keys = keys(yaml);
      String json = new String(Json.pretty(keys.json()), StandardCharsets.UTF_8);
      assertEquals(keys.json(), keys(json).json(), yaml);
    }
  }

  @Test
  void takesTheUsualConstantsOfTheRuleThatIsNamed() {
    assertEquals(1e-4, keys("optimizer: lion").optimizer().rate());
    assertEquals(0.01, keys("optimizer: adamw").optimizer().decay());
  }

  @Test
  void turnsEpochsIntoStepsAndScoresAfterEach() {
    TrainingKeys keys = keys("{epochs: 3, batch: 50, accumulate: 2}").over(1000);
    assertEquals(OptionalLong.of(30), keys.loop().steps());
    assertEquals(10, keys.loop().scoreEvery());
  }

  @Test
  void warmsUpUntilThePaceIsKnownWhereTimeLimits() {
    TrainingKeys keys = keys("{minutes: 1, schedule: {cosine: {warmup: 2}}}");
    assertEquals(LoopOptions.PACING_STEPS, keys.trainer().schedule().warmup());
    assertEquals(LoopOptions.UNPLANNED, keys.trainer().steps());
    assertEquals(keys.trainer().schedule(), keys(text(keys.withSteps(90))).trainer().schedule());
  }

  private static String text(TrainingKeys keys) {
    return new String(Json.pretty(keys.json()), StandardCharsets.UTF_8);
  }

  @Test
  void refusesInOneSentence() {
    refused("{steps: 3, minutes: 2}", "one of steps, epochs and minutes");
    refused("optimizer: {adam: {momentum: 0.9}}", "unknown key of adam 'momentum'");
    refused("optimizer: {sgd: {rate: 0}}", "'rate' of sgd");
    refused("schedule: cosin", "the nearest is 'cosine'");
    refused("batch: 0", "'batch'");
    refused("average: 1", "'average'");
    refused("patience: -1", "'patience'");
    RejectedException endless =
        assertThrows(RejectedException.class, () -> keys("epochs: 2").trainer());
    assertTrue(endless.getMessage().contains("steps or minutes"), endless.getMessage());
  }

  private static void refused(String yaml, String part) {
    RejectedException e = assertThrows(RejectedException.class, () -> keys(yaml));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
