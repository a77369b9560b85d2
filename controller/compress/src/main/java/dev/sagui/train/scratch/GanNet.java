/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.net.Kernel;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The graphs of a generative adversarial network. Layers that they share have the same names.
 *
 * @param height of the pictures
 * @param width of the pictures
 */
record GanNet(GanSpec spec, long height, long width, long seed) {
  static final String LATENT = "z";
  static final String IMAGE = "image";
  static final String REAL = "real";
  static final String FAKE = "fake";

  /** The critic's scores of real pictures [N, 1]. */
  static final String REAL_SCORES = "real_scores";

  /** The critic's scores of made pictures [N, 1]. */
  static final String FAKE_SCORES = "fake_scores";

  private static final float SLOPE = 0.2f;

  /** `z` [batch, latent] to `image` [batch, channels, height, width] in −1..1, for devices. */
  OnnxModel generator() {
    return generating(false).build("dcgan-generator", Map.of());
  }

  /**
   * The same, by the statistics of the batch where it trains; what the running ones become are
   * outputs too, for else the runtime would write them where it read them.
   */
  Layers generating(boolean training) {
    Layers layers = new Layers(seed);
    generated(layers, training);
    image(layers, IMAGE);
    if (training) {
      for (Map.Entry<String, String> next : layers.renewed().entrySet()) {
        List<Long> shape = Objects.requireNonNull(layers.state().get(next.getKey()));
        layers.output(next.getValue(), ElementType.FLOAT, shape.get(0));
      }
    }
    return layers;
  }

  /** `z` to the critic's scores of what is made of it. */
  Layers judgedGenerator() {
    Layers layers = new Layers(seed);
    generated(layers, true);
    judged(layers, IMAGE, FAKE_SCORES);
    scores(layers, FAKE_SCORES);
    return layers;
  }

  /** `real` and `fake` pictures to the critic's scores of both. */
  Layers critic() {
    Layers layers = new Layers(seed);
    for (String input : new String[] {REAL, FAKE}) {
      layers.input(input, ElementType.FLOAT, Layers.BATCH, spec.channels(), height, width);
    }
    String all = layers.node(NodeBuilder.of("Concat").inputs(REAL, FAKE).with("axis", 0));
    String scores = judged(layers, all, "scores");
    layers.add(
        NodeBuilder.of("Split")
            .inputs(scores)
            .with("axis", 0)
            .nameless(REAL_SCORES)
            .nameless(FAKE_SCORES));
    scores(layers, REAL_SCORES);
    scores(layers, FAKE_SCORES);
    return layers;
  }

  private void image(Layers layers, String name) {
    layers.output(name, ElementType.FLOAT, Layers.BATCH, spec.channels(), height, width);
  }

  private static void scores(Layers layers, String name) {
    layers.output(name, ElementType.FLOAT, Layers.BATCH, 1);
  }

  private void generated(Layers layers, boolean training) {
    long c0 = spec.generator().get(0);
    long c1 = spec.generator().get(1);
    long c2 = spec.generator().get(2);
    long h = height / 4;
    long w = width / 4;
    layers.input(LATENT, ElementType.FLOAT, Layers.BATCH, spec.latent());
    String x = layers.dense("spread", LATENT, spec.latent(), c0 * h * w);
    x = layers.reshape(x, -1, c0, h, w);
    x = layers.node("Relu", layers.batchNorm("norm0", x, c0, training));
    x = layers.convTranspose("up1", x, Kernel.half(c0, c1));
    x = layers.node("Relu", layers.batchNorm("norm1", x, c1, training));
    x = layers.convTranspose("up2", x, Kernel.half(c1, c2));
    x = layers.node("Relu", layers.batchNorm("norm2", x, c2, training));
    x = layers.conv("paint", x, Kernel.same(c2, spec.channels(), 3));
    layers.named(IMAGE, NodeBuilder.of("Tanh").inputs(x));
  }

  private String judged(Layers layers, String image, String scores) {
    long c1 = spec.critic().get(0);
    long c2 = spec.critic().get(1);
    String x = conv(layers, "critic.down1", image, Kernel.half(spec.channels(), c1));
    x = conv(layers, "critic.down2", x, Kernel.half(c1, c2));
    x = conv(layers, "critic.look", x, Kernel.same(c2, c2, 3));
    x = layers.node(NodeBuilder.of("Flatten").inputs(x).with("axis", 1));
    long features = c2 * height / 4 * width / 4;
    String weight = layers.weight("critic.score.weight", Start.uniform(features), 1, features);
    String bias = layers.weight("critic.score.bias", Start.of(0), 1);
    String normal = normal(layers, "critic.score", weight, 1, features);
    return layers.named(scores, NodeBuilder.of("Gemm").inputs(x, normal, bias).with("transB", 1));
  }

  private String conv(Layers layers, String name, String x, Kernel kernel) {
    long inputs = kernel.in() * kernel.side() * kernel.side();
    String weight =
        layers.weight(
            name + ".weight",
            Start.uniform(inputs),
            kernel.out(),
            kernel.in(),
            kernel.side(),
            kernel.side());
    String bias = layers.weight(name + ".bias", Start.of(0), kernel.out());
    String normal = normal(layers, name, weight, kernel.out(), inputs);
    String y = layers.named(name, Layers.windowed("Conv", kernel).inputs(x, normal, bias));
    return layers.node(NodeBuilder.of("LeakyRelu").inputs(y).with("alpha", SLOPE));
  }

  /** A weight over its largest singular value, where that is asked for. */
  private String normal(Layers layers, String name, String weight, long rows, long columns) {
    return spec.spectral() ? SpectralNorm.add(layers, name, weight, rows, columns) : weight;
  }
}
