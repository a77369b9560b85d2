/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Objective;
import dev.sagui.train.Score;
import dev.sagui.train.Trainer;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A critic and a generator, trained in turn: each reads the other's weights where they are. A step
 * is one of each, the critic's first.
 */
final class GanTraining implements Training {
  private static final String GENERATOR = "generator.";
  private static final String CRITIC = "critic.";
  private static final String SCORE = "kid";

  /**
   * @param fakes what the generator makes for the critic, for each shard
   */
  record Parts(GanNet net, Objective generator, Objective critic, List<MadePictures> fakes) {}

  private final Parts parts;
  private final PictureDistance distance;
  private final Trainer generator;
  private final Trainer critic;

  GanTraining(Parts parts, PictureDistance distance, TrainerOptions options) {
    this.parts = parts;
    this.distance = distance;
    this.generator = new Trainer(parts.generator(), options);
    this.critic = new Trainer(parts.critic(), critics(options, parts.net().spec().criticRate()));
  }

  /** Without a moving average, for nobody keeps the critic. */
  private static TrainerOptions critics(TrainerOptions options, double rate) {
    return new TrainerOptions(
        options.steps(),
        options.accumulate(),
        options.clip(),
        0,
        options.optimizer().withRate(rate * options.optimizer().rate()),
        options.schedule());
  }

  @Override
  public long done() {
    return generator.done();
  }

  @Override
  public long steps() {
    return generator.steps();
  }

  @Override
  public void plan(long steps) {
    generator.plan(steps);
    critic.plan(steps);
  }

  @Override
  public Map<String, Double> step() {
    TrainingState before = critic.state();
    Map<String, Double> terms = new LinkedHashMap<>();
    Map<String, Double> judged = critic.step();
    try {
      terms.putAll(generator.step());
    } catch (RejectedException e) {
      critic.resume(before);
      throw e;
    }
    judged.remove("loss");
    terms.putAll(judged);
    return terms;
  }

  @Override
  public Score score() throws IOException {
    return new Score(SCORE, figures().getOrDefault(SCORE, Double.NaN), false);
  }

  @Override
  public Map<String, Double> figures() throws IOException {
    GanNet net = parts.net();
    return distance.of(generator(), GanNet.LATENT, net.spec().latent(), net.seed());
  }

  private OnnxModel generator() {
    return parts.generator().parameters().write(parts.net().generator(), generator.result());
  }

  @Override
  public TrainingState state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(generator.state().prefixed(GENERATOR));
    tensors.putAll(critic.state().prefixed(CRITIC));
    return new TrainingState(done(), steps(), tensors);
  }

  @Override
  public void resume(TrainingState state) {
    generator.resume(state.part(GENERATOR));
    critic.resume(state.part(CRITIC));
  }

  @Override
  public Map<String, OnnxModel> models() {
    return Map.of("generator", generator());
  }

  @Override
  public void close() {
    parts.critic().close();
    parts.generator().close();
    parts.fakes().forEach(MadePictures::close);
  }
}
