/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.SampleBatches;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.gradient.Emitter;
import dev.sagui.train.loss.Elbo;
import dev.sagui.train.loss.Pair;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A variational autoencoder explains samples; judged by the negative evidence lower bound of
 * held-out ones, nats a sample, with the same noise each time.
 *
 * @param samples to learn on, the encoder's
 * @param heldOut likewise
 * @param latent numbers of a latent
 */
record AutoencoderTask(
    AutoencoderPair pair, Samples samples, Samples heldOut, Elbo elbo, long latent, long seed)
    implements Task {
  /** As reports have it. */
  static final String METRIC = "negative_elbo_nats";

  /** Draws of the held-out noise; those of training begin at 0. */
  private static final long JUDGED = -1;

  static AutoencoderTask of(
      AutoencoderPair pair, Samples samples, Samples heldOut, Elbo elbo, long seed)
      throws IOException {
    try (OrtModel encoder = OrtModel.open(pair.encoder(), 1, false)) {
      List<Long> mean = encoder.run(samples.first(1)).get(0).shape();
      return new AutoencoderTask(pair, samples, heldOut, elbo, mean.get(mean.size() - 1), seed);
    }
  }

  @Override
  public long count() {
    return samples.count();
  }

  @Override
  public List<Feed> inputs(int rows) {
    List<Feed> inputs = new ArrayList<>();
    Tensor first = samples.first(1).get(0);
    List<Long> shape = new ArrayList<>(first.shape());
    shape.set(0, (long) rows);
    inputs.add(new Feed(pair.sample(), DataType.FP32, shape));
    inputs.add(new Feed(pair.noise(), DataType.FP32, List.of((long) rows, latent)));
    return inputs;
  }

  @Override
  public Criterion criterion() {
    return made -> {
      List<Long> shape = made.shape(pair.decoded());
      Map<String, String> terms = terms(made.emit(), shape);
      return new Criterion.Terms(elbo.total(made.emit(), terms), terms);
    };
  }

  private Map<String, String> terms(Emitter emit, List<Long> shape) {
    Pair compared = new Pair(pair.decoded(), pair.sample(), shape, 1);
    List<Long> latents = List.of(shape.get(0), latent);
    return elbo.add(emit, compared, pair.mean(), pair.logVariance(), latents);
  }

  @Override
  public Batches batches(int rows, int shards, long drawSeed) {
    Batches pictures = SampleBatches.of(samples, rows, shards, drawSeed);
    return (step, shard, into) -> {
      pictures.fill(step, shard, into);
      into.stream()
          .filter(tensor -> tensor.name().equals(pair.noise()))
          .forEach(tensor -> draw(tensor, drawSeed, step * shards + shard));
    };
  }

  private static void draw(Tensor into, long seed, long index) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + index);
    FloatBuffer values = into.data().asFloatBuffer();
    while (values.hasRemaining()) {
      values.put((float) random.nextGaussian());
    }
  }

  @Override
  public Scorer scorer() {
    return net -> {
      double[] sum = {0, 0};
      try (OrtModel judge = OrtModel.open(judge(net), 1, false)) {
        heldOut.forEachBatch(
            batch -> {
              long rows = batch.get(0).shape().get(0);
              Tensor noise =
                  Tensor.of(pair.noise(), new float[(int) (rows * latent)], rows, latent);
              draw(noise, JUDGED, (long) sum[1]);
              float bound = judge.run(List.of(batch.get(0), noise)).get(0).floats()[0];
              sum[0] += (double) bound * rows;
              sum[1] += rows;
            });
      }
      return new Score(METRIC, sum[0] / sum[1], false);
    };
  }

  /** The net that gives the bound itself, a mean over the batch. */
  private OnnxModel judge(OnnxModel net) {
    Graph graph = new Graph(net);
    Emitter emit = new Emitter(graph);
    List<Long> shape = samples.first(1).get(0).shape();
    String total = elbo.total(emit, terms(emit, shape));
    GraphProto.Builder built = graph.build().toBuilder().clearOutput();
    built.addOutput(ValueInfoProto.newBuilder().setName(total));
    return net.with(net.proto().toBuilder().setGraph(built).build());
  }
}
