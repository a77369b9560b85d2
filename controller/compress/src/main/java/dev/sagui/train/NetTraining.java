/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Training of one net by one loss. */
public final class NetTraining implements Training {
  private final OnnxModel net;
  private final Scorer scorer;
  private final Objective objective;
  private final Trainer trainer;

  private NetTraining(OnnxModel net, Scorer scorer, Objective objective, Trainer trainer) {
    this.net = net;
    this.scorer = scorer;
    this.objective = objective;
    this.trainer = trainer;
  }

  /**
   * What is trained on what.
   *
   * @param trained of the weights' names; the others are frozen
   * @param inputs of the net, with the share of the batch that one shard gets
   * @param batches that fill the inputs and whatever the criterion adds
   * @param projection of the weights
   * @param shards that share a batch, each on a thread
   */
  public record Plan(
      OnnxModel net,
      Predicate<String> trained,
      List<Feed> inputs,
      Criterion criterion,
      Batches batches,
      Projection projection,
      int shards) {}

  /**
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL, naming a node without gradient
   */
  public static NetTraining of(Plan plan, Scorer scorer, TrainerOptions options)
      throws IOException {
    Parameters parameters = Parameters.of(Trainables.of(plan.net(), plan.trained()), Map.of());
    GraphInMaking made = GraphInMaking.of(plan.net(), plan.inputs(), parameters);
    Criterion.Terms terms = plan.criterion().add(made);
    StepGraph graph = made.minimise(terms.total(), terms.each(), Map.of());
    Objective objective =
        Objective.of(graph, parameters.read(plan.net()), List.of(), plan.batches(), plan.shards());
    return new NetTraining(
        plan.net(), scorer, objective, new Trainer(objective, options, plan.projection()));
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
    return scorer.of(net());
  }

  /** The net as it would be now. */
  public OnnxModel net() {
    return objective.parameters().write(net, trainer.result());
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
    return Map.of("model", net());
  }

  @Override
  public void close() {
    objective.close();
  }
}
