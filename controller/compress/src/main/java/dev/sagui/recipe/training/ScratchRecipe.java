/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.train.Training;
import dev.sagui.train.folder.OutputSheet;
import dev.sagui.train.folder.SampleSheet;
import dev.sagui.train.scratch.NetSpec;
import dev.sagui.train.scratch.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A net that is trained from random weights.
 *
 * @param keys as they were read; data and what is done with them stand there
 */
record ScratchRecipe(NetSpec net, Keys keys, Course course) implements TrainingRecipe {
  private static final int SHOWN = 32;

  static ScratchRecipe parse(Keys keys, Path base) {
    keys.only(Course.names(NetSpec.KEY, "held-out", "augment"));
    Object written =
        keys.find(NetSpec.KEY)
            .orElseThrow(
                () ->
                    new RejectedException(
                        FailureCode.BAD_REQUEST,
                        "say what to train: net: {vae: {}}; nets are " + NetSpec.NAMES));
    return new ScratchRecipe(NetSpec.parse(written), keys, Course.parse(keys, base));
  }

  private Setting setting(int threads) {
    return Setting.parse(keys, course.training().batch(), threads, course.seed());
  }

  @Override
  public Map<String, Path> files() {
    return Map.of();
  }

  @Override
  public Map<String, Object> json(Course at, Path base) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(NetSpec.KEY, net.json());
    map.putAll(setting(1).json());
    map.putAll(at.json());
    return map;
  }

  @Override
  public Prepared prepare(int threads, Scratch scratch, Progress progress) throws IOException {
    dev.sagui.train.scratch.Prepared ready = net.prepare(setting(threads));
    Course plan = course.over(ready.samples());
    Training training = ready.training(plan.training().trainer());
    int shards = Prepared.shards(plan.training().batch(), threads);
    SampleSheet shown = ready.sheet().isPresent() ? ready.sheet().get() : sheet(training);
    return new Prepared(this, plan, training, shards, shown, Map.of(), Prepared.Verdict.NONE);
  }

  /** What a generator makes of latents. */
  static SampleSheet sheet(Training training) throws IOException {
    OnnxModel made = training.net();
    if (!made.facts().takesLatents()) {
      return SampleSheet.NONE;
    }
    Samples latents = Samples.of(made, Map.of("", DataSpec.latents(0, SHOWN)));
    int rate = (int) EvaluationOptions.DEFAULT.sampleRate();
    return OutputSheet.of(latents, Optional.empty(), rate);
  }
}
