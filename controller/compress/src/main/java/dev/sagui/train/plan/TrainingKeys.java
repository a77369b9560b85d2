/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.plan;

import dev.sagui.keys.Keys;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.TrainerOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The keys that say how a training goes, whatever is trained: the same in the recipe of a run and
 * in a step of a recipe.
 *
 * @param batch samples of one pass, over all threads
 * @param accumulate passes that make up one step
 * @param clip the most that the norm of a step's gradient may be; 0 for no limit
 * @param average share of the moving average of the values that is kept each step; 0 for none
 * @param patience scores without a better one after which training ends; 0 for never
 * @param scoreEvery steps between two scores; empty for an epoch, or {@link #USUAL_SCORE_EVERY}
 */
public record TrainingKeys(
    OptimizerOptions optimizer,
    RateSchedule schedule,
    int batch,
    int accumulate,
    double clip,
    double average,
    TrainingLength length,
    int patience,
    OptionalLong scoreEvery,
    Duration checkpointEvery) {
  /** All keys that {@link #parse} reads. */
  public static final List<String> NAMES =
      List.of(
          "optimizer",
          "schedule",
          "batch",
          "accumulate",
          "clip",
          "average",
          "steps",
          "epochs",
          "minutes",
          "patience",
          "score-every",
          "checkpoint-minutes");

  /** Steps between two scores where there are no epochs. */
  public static final long USUAL_SCORE_EVERY = 100;

  private static final int MOST_BATCH = 1 << 16;

  /** Adam down half a cosine for ten minutes, by batches of 64. */
  public static final TrainingKeys USUAL =
      new TrainingKeys(
          OptimizerOptions.usual(OptimizerRule.ADAM),
          RateSchedule.USUAL,
          64,
          1,
          5,
          0.995,
          new TrainingLength.Time(Duration.ofMinutes(10)),
          0,
          OptionalLong.empty(),
          Duration.ofMinutes(2));

  public TrainingKeys {
    if (length instanceof TrainingLength.Time && schedule.shape().dependsOnSteps()) {
      schedule = warmedUp(schedule);
    }
  }

  /** Until the pace is known, and with it the number of steps, rates must not depend on it. */
  private static RateSchedule warmedUp(RateSchedule schedule) {
    return new RateSchedule(
        schedule.shape(),
        Math.max(LoopOptions.PACING_STEPS, schedule.warmup()),
        schedule.floor(),
        schedule.every(),
        schedule.factor());
  }

  /**
   * Reads {@link #NAMES} and leaves other keys to the caller, who refuses what nobody knows.
   *
   * @param usual what holds where a key is absent
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, saying where and what is expected
   */
  public static TrainingKeys parse(Keys keys, TrainingKeys usual) {
    return new TrainingKeys(
        OptimizerKeys.parse(keys, usual.optimizer),
        ScheduleKeys.parse(keys, usual.schedule),
        count(keys, "batch", usual.batch),
        count(keys, "accumulate", usual.accumulate),
        keys.number("clip", usual.clip, 0, Float.MAX_VALUE),
        keys.number("average", usual.average, 0, Math.nextDown(1.0)),
        TrainingLength.parse(keys, usual.length),
        (int) Math.min(Integer.MAX_VALUE, keys.whole("patience", usual.patience, 0)),
        keys.has("score-every")
            ? OptionalLong.of(keys.whole("score-every", 0, 1))
            : usual.scoreEvery,
        minutes(keys, usual.checkpointEvery));
  }

  private static int count(Keys keys, String key, int otherwise) {
    long count = keys.whole(key, otherwise, 1);
    if (count > MOST_BATCH) {
      throw keys.wrong(key, "%d at most".formatted(MOST_BATCH), count);
    }
    return (int) count;
  }

  private static Duration minutes(Keys keys, Duration otherwise) {
    double minutes = keys.number("checkpoint-minutes", otherwise.toMillis() / 60e3, 0, 1e6);
    return Duration.ofMillis(Math.round(minutes * 60e3));
  }

  /** The same with epochs as steps, for data of so many samples. */
  public TrainingKeys over(long samples) {
    long epoch = Math.max(1, samples / ((long) batch * accumulate));
    OptionalLong every =
        scoreEvery.isEmpty() && length instanceof TrainingLength.Epochs
            ? OptionalLong.of(epoch)
            : scoreEvery;
    return with(length.over(epoch), every);
  }

  /** The same in so many steps. */
  public TrainingKeys withSteps(long steps) {
    return with(new TrainingLength.Steps(steps), scoreEvery);
  }

  private TrainingKeys with(TrainingLength other, OptionalLong every) {
    return new TrainingKeys(
        optimizer,
        schedule,
        batch,
        accumulate,
        clip,
        average,
        other,
        patience,
        every,
        checkpointEvery);
  }

  /**
   * For {@link dev.sagui.train.Trainer}; a run by time learns from its pace how many steps it has.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for epochs that are not yet steps
   */
  public TrainerOptions trainer() {
    return new TrainerOptions(
        length.steps().orElse(LoopOptions.UNPLANNED),
        accumulate,
        clip,
        average,
        optimizer,
        schedule);
  }

  /** For {@link dev.sagui.train.TrainingLoop}. */
  public LoopOptions loop() {
    return new LoopOptions(
        length.steps(),
        length.time(),
        scoreEvery.orElse(USUAL_SCORE_EVERY),
        patience,
        checkpointEvery);
  }

  /** As a recipe has it, every key written out. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("optimizer", OptimizerKeys.json(optimizer));
    map.put("schedule", ScheduleKeys.json(schedule));
    map.put("batch", batch);
    map.put("accumulate", accumulate);
    map.put("clip", clip);
    map.put("average", average);
    map.putAll(length.json());
    map.put("patience", patience);
    scoreEvery.ifPresent(every -> map.put("score-every", every));
    map.put("checkpoint-minutes", checkpointEvery.toMillis() / 60e3);
    return map;
  }
}
