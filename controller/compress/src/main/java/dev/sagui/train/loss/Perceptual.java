/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.onnx.NodeBuilder;
import dev.sagui.quality.image.RandomFeatures;
import dev.sagui.train.gradient.Emitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mean absolute difference of the feature maps of a convolutional network that was never trained,
 * averaged over its layers: the network of {@link RandomFeatures}, by another seed than the judge
 * has, so that what is judged is not what was trained on.
 */
record Perceptual(int seed) implements Loss {
  /** The judge's is another one. */
  static final int USUAL_SEED = 1;

  @Override
  public String add(Emitter emit, Pair pair) {
    Planes planes = Planes.of("perceptual", pair);
    List<String> x = maps(emit, planes, pair, pair.output());
    List<String> y = maps(emit, planes, pair, pair.target());
    List<String> terms = new ArrayList<>();
    for (int layer = 0; layer < x.size(); layer++) {
      String difference = emit.subtract(x.get(layer), y.get(layer));
      terms.add(emit.mean(emit.node("Abs", difference)));
    }
    return Sums.mean(emit, terms);
  }

  /** The maps that each layer gives, of values brought to −1..1. */
  private List<String> maps(Emitter emit, Planes planes, Pair pair, String value) {
    RandomFeatures features = new RandomFeatures(Math.toIntExact(planes.channels()), seed);
    String scaled = emit.multiply(planes.channelsFirst(emit, value), 2 / pair.peak());
    double shift = -2 * pair.low() / pair.peak() - 1;
    String now = shift == 0 ? scaled : emit.add(scaled, emit.scalar(shift));
    long in = planes.channels();
    List<String> maps = new ArrayList<>();
    for (int layer = 0; layer < RandomFeatures.layers(); layer++) {
      long out = RandomFeatures.channels(layer);
      String sum =
          emit.node(
              NodeBuilder.of("Conv")
                  .inputs(now, kernel(emit, features, layer, List.of(out, in, 3L, 3L)))
                  .with("strides", 2, 2)
                  .with("pads", 1, 1, 1, 1));
      now = emit.node(NodeBuilder.of("LeakyRelu").inputs(sum).with("alpha", RandomFeatures.SLOPE));
      maps.add(now);
      in = out;
    }
    return maps;
  }

  private String kernel(Emitter emit, RandomFeatures features, int layer, List<Long> shape) {
    String key = "features %d %d %s".formatted(seed, layer, shape);
    return emit.floats(
        key,
        shape,
        () -> {
          float[] kernel = features.kernel(layer);
          double[] wide = new double[kernel.length];
          Arrays.setAll(wide, i -> kernel[i]);
          return wide;
        });
  }
}
