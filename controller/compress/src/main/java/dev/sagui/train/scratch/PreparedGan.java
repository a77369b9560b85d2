/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.AdversarialTraining;
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
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A generative adversarial network and its pictures. */
record PreparedGan(GanSpec spec, Setting setting, PictureData data) implements Prepared {
  /** Each use of randomness has a number of its own. */
  private static final long GENERATORS_LATENTS = 1;

  private static final long CRITICS_LATENTS = 2;
  private static final long VARIATIONS = 3;
  private static final long ORDER = 4;

  @Override
  public long samples() {
    return data.training().count();
  }

  @Override
  public Training training(TrainerOptions options) throws IOException {
    PictureSet set = data.training();
    GanNet net = new GanNet(spec, set.height(), set.width(), setting.seed());
    Layers generating = net.generating(true);
    Layers critic = net.critic();
    Parameters made = Parameters.of(generating.trained(), generating.state());
    Parameters judged = Parameters.of(critic.trained(), critic.state());
    ByteBuffer values = made.read(net.generator());
    ByteBuffer judging = judged.read(critic.build("dcgan-critic", Map.of()));
    SpectralNorm.settle(judged, judging);
    List<Tensor> critics = judged.views(judging);
    Objective generator =
        Objective.of(
            generatorGraph(net, made, critics), values, critics, latents(), setting.shards());
    List<MadePictures> fakes = new ArrayList<>();
    for (int shard = 0; shard < setting.shards(); shard++) {
      fakes.add(MadePictures.of(generating, made, values, z()));
    }
    Objective criticObjective =
        Objective.of(
            criticGraph(critic, judged), judging, List.of(), pictures(fakes), setting.shards());
    MadeGenerator result =
        new MadeGenerator(net, made, new PictureDistance(data.heldOut(), -1, 1), fakes);
    return new AdversarialTraining(
        new JudgedTraining(generator, options, result),
        criticObjective,
        options,
        spec.criticRate());
  }

  private Feed z() {
    return new Feed(GanNet.LATENT, DataType.FP32, List.of((long) setting.share(), spec.latent()));
  }

  private Feed pictures(String name) {
    PictureSet set = data.training();
    return new Feed(
        name,
        DataType.FP32,
        List.of((long) setting.share(), set.channels(), set.height(), set.width()));
  }

  private StepGraph generatorGraph(GanNet net, Parameters made, List<Tensor> critics)
      throws IOException {
    Layers layers = net.judgedGenerator();
    GraphInMaking graph =
        GraphInMaking.of(layers.build("dcgan-generator", Map.of()), List.of(z()), made, critics);
    String loss = spec.loss().generator(graph.emit(), GanNet.FAKE_SCORES);
    Map<String, String> renewed = layers.renewed();
    renewed.keySet().retainAll(made.names());
    return graph.minimise(loss, Map.of("generator", loss), renewed);
  }

  private StepGraph criticGraph(Layers layers, Parameters judged) throws IOException {
    GraphInMaking graph =
        GraphInMaking.of(
            layers.build("dcgan-critic", Map.of()),
            List.of(pictures(GanNet.REAL), pictures(GanNet.FAKE)),
            judged);
    String loss = spec.loss().critic(graph.emit(), GanNet.REAL_SCORES, GanNet.FAKE_SCORES);
    return graph.minimise(loss, Map.of("critic", loss), layers.renewed());
  }

  private Batches latents() {
    return (step, shard, into) ->
        Noise.fill(into.get(0), setting.seed(), GENERATORS_LATENTS, step, shard);
  }

  private Batches pictures(List<MadePictures> fakes) {
    PictureSet set = data.training();
    EpochOrder order = new EpochOrder(set.count(), setting.seed() + ORDER);
    Variation variation = new Variation(set, setting.augment(), -1, 1);
    int share = setting.share();
    return (step, shard, into) -> {
      Tensor real = into.get(0);
      FloatBuffer images = real.data().asFloatBuffer();
      long first = step * setting.batch() + (long) shard * share;
      for (long place = first; place < first + share; place++) {
        variation.put(order.at(place), Seed.random(setting.seed(), VARIATIONS, place), images);
      }
      fakes.get(shard).make(into.get(1), setting.seed(), CRITICS_LATENTS, step, shard);
    };
  }
}
