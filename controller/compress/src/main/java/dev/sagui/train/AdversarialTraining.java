/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A generator and a critic, trained in turn: each reads the other's weights where they are. A step
 * is one of each, the critic's first.
 */
public final class AdversarialTraining implements Training {
  private static final String GENERATOR = "generator.";
  private static final String CRITIC = "critic.";

  private final Training generator;
  private final Objective judging;
  private final Trainer critic;

  /**
   * @param generator closed with this
   * @param critic closed with this
   * @param options of the generator; nobody keeps the critic, so that it has no moving average
   * @param rate the critic's rate of learning over the generator's (Heusel et al. 2017)
   */
  public AdversarialTraining(
      Training generator, Objective critic, TrainerOptions options, double rate) {
    this.generator = generator;
    this.judging = critic;
    this.critic =
        new Trainer(
            critic,
            new TrainerOptions(
                options.steps(),
                options.accumulate(),
                options.clip(),
                0,
                options.optimizer().withRate(rate * options.optimizer().rate()),
                options.schedule()));
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
    Map<String, Double> judged = critic.step();
    Map<String, Double> terms = new LinkedHashMap<>();
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
    return generator.score();
  }

  @Override
  public Map<String, Double> figures() throws IOException {
    return generator.figures();
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
    return generator.models();
  }

  @Override
  public void close() {
    judging.close();
    generator.close();
  }
}
