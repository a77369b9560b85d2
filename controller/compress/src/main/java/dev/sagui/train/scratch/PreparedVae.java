/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.DataType;
import dev.sagui.train.Batches;
import dev.sagui.train.EpochOrder;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.JudgedTraining;
import dev.sagui.train.Objective;
import dev.sagui.train.Parameters;
import dev.sagui.train.StepGraph;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.loss.Elbo;
import dev.sagui.train.loss.Pair;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Seed;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * A variational autoencoder and its pictures.
 *
 * @param both encoder and decoder
 */
record PreparedVae(
    VaeNet net, Setting setting, PictureData data, OnnxModel both, Parameters parameters)
    implements Prepared {
  /** Draws of the held-out latents, the same for each score. */
  static final long JUDGED = -1;

  /** Draws of training's latents; each use of randomness has a number of its own. */
  private static final long LATENTS = 1;

  private static final long VARIATIONS = 2;
  private static final long ORDER = 3;

  static PreparedVae of(VaeSpec spec, Setting setting, PictureData data) {
    VaeNet net =
        new VaeNet(spec, data.training().height(), data.training().width(), setting.seed());
    Layers layers = net.both();
    return new PreparedVae(
        net,
        setting,
        data,
        layers.build("vae", Map.of()),
        Parameters.of(layers.trained(), Map.of()));
  }

  @Override
  public long samples() {
    return data.training().count();
  }

  @Override
  public Training training(TrainerOptions options) throws IOException {
    StepGraph graph = graph(setting.share(), true);
    Objective objective =
        Objective.of(graph, parameters.read(both), List.of(), batches(), setting.shards());
    return new JudgedTraining(objective, options, VaeResult.of(this));
  }

  /**
   * @param share pictures to a shard
   * @param learning with the gradient, else the loss alone
   */
  StepGraph graph(int share, boolean learning) throws IOException {
    PictureSet set = data.training();
    List<Long> picture = List.of((long) share, set.channels(), set.height(), set.width());
    List<Long> latent = List.of((long) share, net.spec().latent());
    Feed image = new Feed(VaeNet.IMAGE, DataType.FP32, picture);
    Feed noise = new Feed(VaeNet.NOISE, DataType.FP32, latent);
    GraphInMaking made = GraphInMaking.of(both, List.of(image, noise), parameters);
    Elbo elbo = Elbo.parse(net.spec().loss());
    Pair pair = new Pair(VaeNet.DECODED, VaeNet.IMAGE, picture, 1);
    Map<String, String> terms =
        elbo.add(made.emit(), pair, VaeNet.MEAN, VaeNet.LOG_VARIANCE, latent);
    String total = elbo.total(made.emit(), terms);
    return learning ? made.minimise(total, terms, Map.of()) : made.judged(total, terms);
  }

  private Batches batches() {
    PictureSet set = data.training();
    EpochOrder order = new EpochOrder(set.count(), setting.seed() + ORDER);
    Variation variation = new Variation(set, setting.augment(), 0, 1);
    int share = setting.share();
    return (step, shard, into) -> {
      FloatBuffer images = into.get(0).data().asFloatBuffer();
      long first = step * setting.batch() + (long) shard * share;
      for (long place = first; place < first + share; place++) {
        variation.put(order.at(place), Seed.random(setting.seed(), VARIATIONS, place), images);
      }
      Noise.fill(into.get(1), setting.seed(), LATENTS, step, shard);
    };
  }
}
