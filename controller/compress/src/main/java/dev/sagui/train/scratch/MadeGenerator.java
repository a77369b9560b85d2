/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.JudgedTraining;
import dev.sagui.train.Parameters;
import dev.sagui.train.Score;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * The generator that a critic makes better, judged by the distance of its pictures from held-out
 * ones.
 *
 * @param fakes what it makes for the critic, for each shard
 */
record MadeGenerator(
    GanNet net, Parameters weights, PictureDistance distance, List<MadePictures> fakes)
    implements JudgedTraining.Result {
  private static final String SCORE = "kid";

  @Override
  public Score score(ByteBuffer parameters) throws IOException {
    return new Score(SCORE, figures(parameters).getOrDefault(SCORE, Double.NaN), false);
  }

  @Override
  public Map<String, Double> figures(ByteBuffer parameters) throws IOException {
    return distance.of(with(parameters), GanNet.LATENT, net.spec().latent(), net.seed());
  }

  @Override
  public Map<String, OnnxModel> models(ByteBuffer parameters) {
    return Map.of("generator", with(parameters));
  }

  private OnnxModel with(ByteBuffer parameters) {
    return weights.write(net.generator(), parameters);
  }

  @Override
  public void close() {
    fakes.forEach(MadePictures::close);
  }
}
