/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Objective;
import dev.sagui.train.Score;
import dev.sagui.train.Trainer;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** One net, trained by one loss and judged by held-out samples. */
final class JudgedTraining implements Training {
  /** What a net is worth and what it is made into, both by its parameters. */
  interface Result extends AutoCloseable {
    Score score(ByteBuffer parameters) throws IOException;

    Map<String, Double> figures(ByteBuffer parameters) throws IOException;

    Map<String, OnnxModel> models(ByteBuffer parameters);

    @Override
    void close();
  }

  private final Objective objective;
  private final Trainer trainer;
  private final Result result;

  JudgedTraining(Objective objective, TrainerOptions options, Result result) {
    this.objective = objective;
    this.trainer = new Trainer(objective, options);
    this.result = result;
  }

  @Override
  public long done() {
    return trainer.done();
  }

  @Override
  public long steps() {
    return trainer.steps();
  }

  @Override
  public void plan(long steps) {
    trainer.plan(steps);
  }

  @Override
  public Map<String, Double> step() {
    return trainer.step();
  }

  @Override
  public Score score() throws IOException {
    return result.score(trainer.result());
  }

  @Override
  public Map<String, Double> figures() throws IOException {
    return result.figures(trainer.result());
  }

  @Override
  public TrainingState state() {
    return trainer.state();
  }

  @Override
  public void resume(TrainingState state) {
    trainer.resume(state);
  }

  @Override
  public Map<String, OnnxModel> models() {
    return result.models(trainer.result());
  }

  @Override
  public void close() {
    objective.close();
    result.close();
  }
}
