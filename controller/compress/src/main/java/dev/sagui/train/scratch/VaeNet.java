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
import java.util.Map;

/**
 * The graphs of a variational autoencoder (Kingma and Welling 2014): its two halves as devices use
 * them, and both with the latent drawn between them as training does. Layers that they share have
 * the same names and begin with the same weights.
 *
 * @param height of the pictures
 * @param width of the pictures
 */
record VaeNet(VaeSpec spec, long height, long width, long seed) {
  static final String IMAGE = "image";
  static final String LATENT = "z";
  static final String MEAN = "mean";
  static final String LOG_VARIANCE = "logvar";
  static final String NOISE = "noise";

  /** What the decoder gives in {@link #both}. */
  static final String DECODED = "decoded";

  /** `z` [batch, latent] to `image` [batch, channels, height, width] in 0..1. */
  OnnxModel decoder() {
    Layers layers = new Layers(seed);
    layers.input(LATENT, ElementType.FLOAT, Layers.BATCH, spec.latent());
    decoded(layers, LATENT, IMAGE);
    layers.output(IMAGE, ElementType.FLOAT, Layers.BATCH, spec.channels(), height, width);
    return layers.build("vae-decoder", Map.of());
  }

  /** `image` to `mean` and `logvar` [batch, latent]. */
  OnnxModel encoder() {
    Layers layers = new Layers(seed);
    image(layers);
    encoded(layers);
    layers.output(MEAN, ElementType.FLOAT, Layers.BATCH, spec.latent());
    layers.output(LOG_VARIANCE, ElementType.FLOAT, Layers.BATCH, spec.latent());
    return layers.build("vae-encoder", Map.of());
  }

  /** `image` and `noise` to `decoded`, `mean` and `logvar`; z = mean + exp(logvar/2)·noise. */
  Layers both() {
    Layers layers = new Layers(seed);
    image(layers);
    layers.input(NOISE, ElementType.FLOAT, Layers.BATCH, spec.latent());
    encoded(layers);
    String deviation = layers.node("Exp", layers.node("Mul", LOG_VARIANCE, layers.scalar(0.5)));
    String z = layers.node("Add", MEAN, layers.node("Mul", deviation, NOISE));
    decoded(layers, z, DECODED);
    layers.output(DECODED, ElementType.FLOAT, Layers.BATCH, spec.channels(), height, width);
    layers.output(MEAN, ElementType.FLOAT, Layers.BATCH, spec.latent());
    layers.output(LOG_VARIANCE, ElementType.FLOAT, Layers.BATCH, spec.latent());
    return layers;
  }

  private void image(Layers layers) {
    layers.input(IMAGE, ElementType.FLOAT, Layers.BATCH, spec.channels(), height, width);
  }

  private void encoded(Layers layers) {
    long first = spec.encoder().get(0);
    long second = spec.encoder().get(1);
    String x =
        layers.node("Relu", layers.conv("down1", IMAGE, Kernel.half(spec.channels(), first)));
    x = layers.node("Relu", layers.conv("down2", x, Kernel.half(first, second)));
    x = layers.node(NodeBuilder.of("Flatten").inputs(x).with("axis", 1));
    long features = second * height / 4 * width / 4;
    layers.dense(MEAN, x, features, spec.latent());
    layers.dense(LOG_VARIANCE, x, features, spec.latent());
  }

  private void decoded(Layers layers, String z, String image) {
    long c0 = spec.decoder().get(0);
    long c1 = spec.decoder().get(1);
    long c2 = spec.decoder().get(2);
    long h = height / 4;
    long w = width / 4;
    String x = layers.node("Relu", layers.dense("spread", z, spec.latent(), c0 * h * w));
    x = layers.reshape(x, -1, c0, h, w);
    x = layers.node("Relu", layers.conv("blend", x, Kernel.same(c0, c0, 3)));
    x = layers.node("Relu", layers.convTranspose("up1", x, Kernel.half(c0, c1)));
    x = layers.node("Relu", layers.convTranspose("up2", x, Kernel.half(c1, c2)));
    String logits = layers.conv("paint", x, Kernel.same(c2, spec.channels(), 3));
    layers.named(image, NodeBuilder.of("Sigmoid").inputs(logits));
  }
}
