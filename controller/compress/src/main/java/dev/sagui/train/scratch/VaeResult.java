/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Batches;
import dev.sagui.train.JudgedTraining;
import dev.sagui.train.Score;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A variational autoencoder by its parameters: decoder and encoder, judged by held-out pictures.
 */
final class VaeResult implements JudgedTraining.Result {
  private static final String SCORE = "negative_elbo_nats";

  private final PreparedVae vae;
  private final HeldOut heldOut;
  private final PictureDistance distance;

  private VaeResult(PreparedVae vae, HeldOut heldOut) {
    this.vae = vae;
    this.heldOut = heldOut;
    this.distance = new PictureDistance(vae.data().heldOut(), 0, 1);
  }

  static VaeResult of(PreparedVae vae) throws IOException {
    PictureSet set = vae.data().heldOut();
    int shards = vae.setting().shards();
    int share = HeldOut.share(set.count(), shards);
    Batches batches =
        (pass, shard, into) -> {
          FloatBuffer images = into.get(0).data().asFloatBuffer();
          int first = Math.toIntExact((pass * shards + shard) * share);
          for (int i = first; i < first + share; i++) {
            set.put(i, 0, 1, images);
          }
          Noise.fill(into.get(1), vae.setting().seed(), PreparedVae.JUDGED, first);
        };
    long passes = set.count() / share / shards;
    return new VaeResult(vae, new HeldOut(vae.graph(share, false), batches, shards, passes));
  }

  @Override
  public Score score(ByteBuffer parameters) {
    double bound = heldOut.of(parameters).getOrDefault("loss", Double.NaN);
    return new Score(SCORE, bound, false);
  }

  @Override
  public Map<String, Double> figures(ByteBuffer parameters) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    heldOut
        .of(parameters)
        .forEach((name, value) -> figures.put(name.equals("loss") ? SCORE : name, value));
    OnnxModel decoder = vae.parameters().write(vae.net().decoder(), parameters);
    figures.putAll(
        distance.of(decoder, VaeNet.LATENT, vae.net().spec().latent(), vae.setting().seed()));
    return figures;
  }

  @Override
  public Map<String, OnnxModel> models(ByteBuffer parameters) {
    Map<String, OnnxModel> models = new LinkedHashMap<>();
    models.put("decoder", vae.parameters().write(vae.net().decoder(), parameters));
    models.put("encoder", vae.parameters().write(vae.net().encoder(), parameters));
    return models;
  }

  @Override
  public void close() {
    heldOut.close();
  }
}
