/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.NetTraining;
import dev.sagui.train.Projection;
import dev.sagui.train.Score;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Training of a net that was trained before, and what it is made into. */
public final class Adaptation implements Training {
  private static final String ADAPTER = "adapter.safetensors";

  /**
   * What a net that has learnt is made into.
   *
   * @param pair of an autoencoder, that it is taken apart into
   * @param updates that are merged into a base
   */
  record Made(Optional<AutoencoderPair> pair, Optional<Updates> updates) {
    static Made of(Optional<AutoencoderPair> pair) {
      return new Made(pair, Optional.empty());
    }

    Made with(Updates updates) {
      return new Made(pair, Optional.of(updates));
    }

    private Map<String, OnnxModel> models(OnnxModel net) {
      OnnxModel merged = updates.isPresent() ? updates.get().merged(net) : net;
      return pair.map(each -> Transfer.named(each.with(merged)))
          .orElseGet(() -> Map.of("model", merged));
    }
  }

  /**
   * Low-rank updates of a base.
   *
   * @param factor alpha / rank
   * @param given whether the base is the model as it was given
   */
  record Updates(LowRank updates, OnnxModel base, double factor, boolean given) {
    Adapter adapter(OnnxModel net) {
      try {
        return updates.adapter(base, net, factor);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private OnnxModel merged(OnnxModel net) {
      try {
        return adapter(net).addedTo(base);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final NetTraining training;
  private final Task task;
  private final Made made;

  private Adaptation(NetTraining training, Task task, Made made) {
    this.training = training;
    this.task = task;
    this.made = made;
  }

  /**
   * How a net learns.
   *
   * @param trained of the weights' names; below the first of them no gradient is computed
   * @param projection of the weights
   * @param batch samples of a step
   * @param threads that share it at most; as many as divide it are used, and their number is part
   *     of the result
   */
  record Plan(Predicate<String> trained, Projection projection, int batch, int threads, long seed) {
    int shards() {
      int shards = Math.min(threads, batch);
      while (batch % shards != 0) {
        shards--;
      }
      return shards;
    }
  }

  static Adaptation of(OnnxModel net, Task task, Plan plan, TrainerOptions options, Made made)
      throws IOException {
    int shards = plan.shards();
    int rows = plan.batch() / shards;
    return new Adaptation(
        NetTraining.of(
            new NetTraining.Plan(
                net,
                plan.trained(),
                task.inputs(rows),
                task.criterion(),
                task.batches(rows, shards, plan.seed()),
                plan.projection(),
                shards),
            task.scorer(),
            options),
        task,
        made);
  }

  @Override
  public long done() {
    return training.done();
  }

  @Override
  public long steps() {
    return training.steps();
  }

  @Override
  public void plan(long steps) {
    training.plan(steps);
  }

  @Override
  public Map<String, Double> step() {
    return training.step();
  }

  @Override
  public Score score() throws IOException {
    return training.score();
  }

  @Override
  public Map<String, Double> figures() throws IOException {
    return task.figures(training.net());
  }

  @Override
  public TrainingState state() {
    return training.state();
  }

  @Override
  public void resume(TrainingState state) {
    training.resume(state);
  }

  @Override
  public Map<String, OnnxModel> models() {
    return made.models(training.net());
  }

  /** What the net needs beside it, and the adapter where devices may hold its base already. */
  @Override
  public Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>(task.files());
    if (made.updates().filter(Updates::given).isPresent()) {
      files.put(ADAPTER, adapter().orElseThrow().bytes());
    }
    return files;
  }

  /** The low-rank updates as they would be now, to be shipped beside {@link #base}. */
  public Optional<Adapter> adapter() {
    return made.updates().map(updates -> updates.adapter(training.net()));
  }

  /**
   * What {@link #adapter} is a difference to: the given model, with a new head where it has one.
   */
  public Optional<OnnxModel> base() {
    return made.updates().map(Updates::base);
  }

  @Override
  public void close() {
    training.close();
  }
}
