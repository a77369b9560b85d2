/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Training of the weights of a whole net, as a file has them. */
public final class NetTraining extends JudgedTraining {
  private static final String MODEL = "model";

  private NetTraining(Objective objective, Trainer trainer, Net net) {
    super(objective, trainer, net);
  }

  /** The net with weights of its own. */
  private record Net(OnnxModel net, Parameters weights, Scorer scorer) implements Result {
    @Override
    public Score score(ByteBuffer parameters) throws IOException {
      return scorer.of(with(parameters));
    }

    @Override
    public Map<String, OnnxModel> models(ByteBuffer parameters) {
      return Map.of(MODEL, with(parameters));
    }

    private OnnxModel with(ByteBuffer parameters) {
      return weights.write(net, parameters);
    }
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
      int shards) {
    /** The same with another criterion. */
    public Plan with(Criterion other) {
      return new Plan(net, trained, inputs, other, batches, projection, shards);
    }
  }

  /**
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL, naming a node without gradient
   */
  public static NetTraining of(Plan plan, Scorer scorer, TrainerOptions options)
      throws IOException {
    Map<String, Tensor> beside = plan.criterion().parameters();
    Map<String, List<Long>> shapes = new LinkedHashMap<>(Trainables.of(plan.net(), plan.trained()));
    beside.forEach((name, start) -> shapes.put(name, start.shape()));
    Parameters parameters = Parameters.of(shapes, Map.of());
    List<Tensor> frozen = plan.criterion().frozen();
    GraphInMaking made = GraphInMaking.of(plan.net(), plan.inputs(), parameters, frozen);
    Criterion.Terms terms = plan.criterion().add(made);
    StepGraph graph = made.minimise(terms.total(), terms.each(), Map.of());
    ByteBuffer values = parameters.read(plan.net());
    for (Parameter parameter : parameters.all()) {
      Tensor start = beside.get(parameter.name());
      if (start != null) {
        Parameters.view(parameter, parameter.name(), values).data().put(start.data());
      }
    }
    Objective objective = Objective.of(graph, values, frozen, plan.batches(), plan.shards());
    return new NetTraining(
        objective,
        new Trainer(objective, options, plan.projection()),
        new Net(plan.net(), parameters, scorer));
  }
}
