/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.train.Feed;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.util.List;
import java.util.Map;

/**
 * GPT-2's transformer (Radford et al. 2019): learned positions, normalization before each part,
 * GELU (by its Gaussian integral), and the table of tokens once more for the logits. Weights begin
 * as there: normal with a deviation of 0.02, of what is added to the residual stream by √(2·layers)
 * less.
 */
record GptNet(GptSpec spec, long seed) implements TextNet {
  private static final double DEVIATION = 0.02;

  /** As large as it takes to have no weight in a Softmax. */
  private static final double HIDDEN = -1e4;

  private static final String TOKENS = "tokens";

  @Override
  public OnnxModel model() {
    return layers(Layers.LENGTH).build("gpt", Map.of());
  }

  @Override
  public Layers learning() {
    return layers(spec.context());
  }

  @Override
  public int length() {
    return spec.context();
  }

  @Override
  public List<Feed> zeros(int batch) {
    return List.of();
  }

  @Override
  public String score() {
    return TextLevels.PERPLEXITY;
  }

  /**
   * @param length of all windows; the context, or free
   */
  private Layers layers(long length) {
    Layers net = new Layers(seed);
    net.input(IDS, ElementType.INT64, Layers.BATCH, length);
    long width = spec.width();
    Start normal = Start.normal(DEVIATION);
    String table = net.weight(TOKENS, normal, VOCABULARY, width);
    String positions = net.weight("positions", normal, spec.context(), width);
    String mask = net.constant("mask", TensorValues.floats(square(), mask()));
    if (length == Layers.LENGTH) {
      String end = net.node(NodeBuilder.of("Shape").inputs(IDS).with("start", 1));
      positions = first(net, positions, end, 0);
      mask = first(net, first(net, mask, end, 0), end, 1);
    }
    String x = net.node("Add", net.node("Gather", table, IDS), positions);
    for (int layer = 0; layer < spec.layers(); layer++) {
      String name = "block" + layer;
      x = net.node("Add", x, attention(net, name, norm(net, name + ".norm1", x), mask));
      x = net.node("Add", x, forward(net, name, norm(net, name + ".norm2", x)));
    }
    String last = norm(net, "norm", x);
    net.named(LOGITS, NodeBuilder.of("MatMul").inputs(last, net.transpose(table, 1, 0)));
    net.output(LOGITS, ElementType.FLOAT, Layers.BATCH, length, VOCABULARY);
    return net;
  }

  private List<Long> square() {
    return List.of((long) spec.context(), (long) spec.context());
  }

  /** Nothing sees what comes after it. */
  private double[] mask() {
    int context = spec.context();
    double[] mask = new double[context * context];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % context > i / context ? HIDDEN : 0;
    }
    return mask;
  }

  private static String first(Layers net, String value, String end, long axis) {
    return net.node("Slice", value, net.longs(0), end, net.longs(axis));
  }

  private String norm(Layers net, String name, String x) {
    String scale = net.weight(name + ".scale", Start.of(1), spec.width());
    String bias = net.weight(name + ".bias", Start.of(0), spec.width());
    return net.named(
        name, NodeBuilder.of("LayerNormalization").inputs(x, scale, bias).with("epsilon", 1e-5f));
  }

  private String dense(Layers net, String name, String x, long in, long out, double deviation) {
    String weight = net.weight(name + ".weight", Start.normal(deviation), in, out);
    String bias = net.weight(name + ".bias", Start.of(0), out);
    return net.named(name, NodeBuilder.of("Add").inputs(net.node("MatMul", x, weight), bias));
  }

  private double residual() {
    return DEVIATION / Math.sqrt(2.0 * spec.layers());
  }

  /** Vaswani et al. 2017, section 3.2, each head on its part of the width. */
  private String attention(Layers net, String name, String x, String mask) {
    long width = spec.width();
    long each = width / spec.heads();
    String query = dense(net, name + ".query", x, width, width, DEVIATION);
    String key = dense(net, name + ".key", x, width, width, DEVIATION);
    String value = dense(net, name + ".value", x, width, width, DEVIATION);
    String q = net.transpose(net.reshape(query, 0, -1, spec.heads(), each), 0, 2, 1, 3);
    String k = net.transpose(net.reshape(key, 0, -1, spec.heads(), each), 0, 2, 3, 1);
    String v = net.transpose(net.reshape(value, 0, -1, spec.heads(), each), 0, 2, 1, 3);
    String scaled = net.node("Mul", q, net.scalar(1 / Math.sqrt((double) each)));
    String scores = net.node("Add", net.node("MatMul", scaled, k), mask);
    String shares = net.node(NodeBuilder.of("Softmax").inputs(scores).with("axis", -1));
    String mixed = net.transpose(net.node("MatMul", shares, v), 0, 2, 1, 3);
    String joined = net.reshape(mixed, 0, -1, width);
    return dense(net, name + ".mix", joined, width, width, residual());
  }

  private String forward(Layers net, String name, String x) {
    long width = spec.width();
    String wide = dense(net, name + ".widen", x, width, 4 * width, DEVIATION);
    String share = net.node("Erf", net.node("Mul", wide, net.scalar(Math.sqrt(0.5))));
    String gate = net.node("Mul", net.node("Add", share, net.scalar(1)), net.scalar(0.5));
    return dense(net, name + ".narrow", net.node("Mul", wide, gate), 4 * width, width, residual());
  }
}
