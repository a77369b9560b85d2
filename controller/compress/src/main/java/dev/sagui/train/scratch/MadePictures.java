/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.run.PinnedSession;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.Parameter;
import dev.sagui.train.Parameters;
import dev.sagui.train.net.Layers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a generator in training makes of latents, by the weights that it has at the moment. */
final class MadePictures implements AutoCloseable {
  private final Tensor latents;
  private final Tensor pictures;
  private final PinnedSession session;

  private MadePictures(Tensor latents, Tensor pictures, PinnedSession session) {
    this.latents = latents;
    this.pictures = pictures;
    this.session = session;
  }

  /**
   * @param layers of {@link GanNet#generating}
   * @param values of the generator's parameters, which each run reads
   * @param latents that each run takes
   */
  static MadePictures of(Layers layers, Parameters parameters, ByteBuffer values, Feed latents)
      throws IOException {
    GraphInMaking made =
        GraphInMaking.of(layers.build("dcgan-generator", Map.of()), List.of(latents), parameters);
    Tensor pictures = tensor(GanNet.IMAGE, made.shape(GanNet.IMAGE));
    List<Tensor> outputs = new ArrayList<>(List.of(pictures));
    for (String next : layers.renewed().values()) {
      outputs.add(tensor(next, made.shape(next)));
    }
    Tensor z = latents.allocate();
    List<Tensor> inputs = new ArrayList<>(List.of(z));
    for (Parameter parameter : parameters.all()) {
      inputs.add(Parameters.view(parameter, parameter.name(), values));
    }
    return new MadePictures(
        z,
        pictures,
        PinnedSession.open(
            made.judged(GanNet.IMAGE, layers.renewed()).model(),
            PinnedSession.Use.TRAINING,
            inputs,
            outputs,
            1));
  }

  private static Tensor tensor(String name, List<Long> shape) {
    return new Feed(name, DataType.FP32, shape).allocate();
  }

  /** Overwrites {@code into} with pictures of latents that follow from {@code parts}. */
  void make(Tensor into, long... parts) {
    Noise.fill(latents, parts);
    session.run();
    ByteBuffer target = into.data();
    target.put(pictures.data());
  }

  @Override
  public void close() {
    session.close();
  }
}
