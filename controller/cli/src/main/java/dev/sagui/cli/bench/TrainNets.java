/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.net.Kernel;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.util.Map;

/** The nets whose training steps are timed. */
final class TrainNets {
  private static final String OUTPUT = "y";

  private TrainNets() {}

  /**
   * A generator of two transposed convolutions, Gemm to side/4, then twice the side.
   *
   * @param latent numbers that it starts from
   */
  static OnnxModel generator(long latent, long side, long channels, long... widths) {
    Layers net = new Layers(1);
    String z = net.input("z", ElementType.FLOAT, Layers.BATCH, latent);
    long small = side / 4;
    String x = net.node("Relu", net.dense("in", z, latent, widths[0] * small * small));
    x = net.reshape(x, 0, widths[0], small, small);
    for (int i = 0; i < 2; i++) {
      Kernel twice = new Kernel(widths[i], widths[i + 1], 4, 2, 1);
      x = net.node("Relu", net.convTranspose("up" + i, x, twice));
    }
    String end = net.conv("out", x, Kernel.same(widths[2], channels, 3));
    net.named(OUTPUT, NodeBuilder.of("Tanh").inputs(end));
    net.output(OUTPUT, ElementType.FLOAT, Layers.BATCH, channels, side, side);
    return net.build("generator", Map.of());
  }

  /** A pre-norm transformer block, [batch, length, width] to the same. */
  static OnnxModel transformer(long width, long heads, long inner) {
    Layers net = new Layers(1);
    String x = net.input("x", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, width);
    String mixed = attention(net, norm(net, "norm1", x, width), width, heads);
    x = net.node("Add", x, mixed);
    String wide = dense(net, "widen", norm(net, "norm2", x, width), width, inner);
    String share = net.node("Erf", net.node("Mul", wide, net.scalar(Math.sqrt(0.5))));
    String gate = net.node("Mul", net.node("Add", share, net.scalar(1)), net.scalar(0.5));
    String narrow = dense(net, "narrow", net.node("Mul", wide, gate), inner, width);
    net.named(OUTPUT, NodeBuilder.of("Add").inputs(x, narrow));
    net.output(OUTPUT, ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, width);
    return net.build("transformer", Map.of());
  }

  private static String norm(Layers net, String name, String x, long width) {
    String scale = net.weight(name + ".scale", Start.of(1), width);
    String bias = net.weight(name + ".bias", Start.of(0), width);
    return net.named(name, NodeBuilder.of("LayerNormalization").inputs(x, scale, bias));
  }

  private static String dense(Layers net, String name, String x, long in, long out) {
    String weight = net.weight(name + ".weight", Start.uniform(in), in, out);
    String bias = net.weight(name + ".bias", Start.uniform(in), out);
    return net.named(name, NodeBuilder.of("Add").inputs(net.node("MatMul", x, weight), bias));
  }

  private static String attention(Layers net, String x, long width, long heads) {
    long each = width / heads;
    String q = split(net, dense(net, "query", x, width, width), heads, each, 1, 3);
    String k = split(net, dense(net, "key", x, width, width), heads, each, 3, 1);
    String v = split(net, dense(net, "value", x, width, width), heads, each, 1, 3);
    String scores =
        net.node("MatMul", net.node("Mul", q, net.scalar(1 / Math.sqrt((double) each))), k);
    String shares = net.node(NodeBuilder.of("Softmax").inputs(scores).with("axis", -1));
    String mixed = net.transpose(net.node("MatMul", shares, v), 0, 2, 1, 3);
    return dense(net, "mix", net.reshape(mixed, 0, -1, width), width, width);
  }

  /** [batch, length, width] to [batch, heads, …], length and part of the width in either order. */
  private static String split(
      Layers net, String x, long heads, long each, long third, long fourth) {
    return net.transpose(net.reshape(x, 0, -1, heads, each), 0, 2, third, fourth);
  }

  /** One layer of LSTM and a linear head, [batch, length, symbols] to the same. */
  static OnnxModel lstm(long symbols, long units) {
    Layers net = new Layers(1);
    String x = net.input("x", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, symbols);
    Start uniform = Start.uniform(units);
    String steps =
        net.node(
            NodeBuilder.of("LSTM")
                .inputs(
                    net.transpose(x, 1, 0, 2),
                    net.weight("w", uniform, 1, 4 * units, symbols),
                    net.weight("r", uniform, 1, 4 * units, units),
                    net.weight("b", uniform, 1, 8 * units))
                .with("hidden_size", units));
    String rows = net.transpose(net.node("Squeeze", steps, net.longs(1)), 1, 0, 2);
    String weight = net.weight("head.weight", uniform, units, symbols);
    String bias = net.weight("head.bias", uniform, symbols);
    net.named(OUTPUT, NodeBuilder.of("Add").inputs(net.node("MatMul", rows, weight), bias));
    net.output(OUTPUT, ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, symbols);
    return net.build("lstm", Map.of());
  }
}
