/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** One net, trained by one loss and judged by samples that no step sees. */
public class JudgedTraining implements Training {
  /** What a net is worth and what it is made into, both by its parameters. */
  public interface Result extends AutoCloseable {
    Score score(ByteBuffer parameters) throws IOException;

    default Map<String, Double> figures(ByteBuffer parameters) throws IOException {
      return Map.of();
    }

    Map<String, OnnxModel> models(ByteBuffer parameters);

    @Override
    default void close() {}
  }

  private final Objective objective;
  private final Trainer trainer;
  private final Result result;

  public JudgedTraining(Objective objective, TrainerOptions options, Result result) {
    this(objective, new Trainer(objective, options), result);
  }

  JudgedTraining(Objective objective, Trainer trainer, Result result) {
    this.objective = objective;
    this.trainer = trainer;
    this.result = result;
  }

  /** Parameters and their values, where steps read them. */
  public List<Tensor> parameters() {
    return objective.parameters().views(objective.values());
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
