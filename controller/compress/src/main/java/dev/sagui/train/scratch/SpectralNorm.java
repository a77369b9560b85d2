/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.onnx.NodeBuilder;
import dev.sagui.train.Parameter;
import dev.sagui.train.Parameters;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Spectral normalization (Miyato et al. 2018, algorithm 1): a weight W [rows, columns] over σ =
 * uᵀWv. The singular vectors u and v are state, to which each step adds one power iteration; no
 * gradient flows into them.
 */
final class SpectralNorm {
  private static final String LEFT = ".u";
  private static final String RIGHT = ".v";
  private static final String WEIGHT = ".weight";
  private static final int FIRST_ITERATIONS = 15;

  private SpectralNorm() {}

  /** The normalized weight, of the weight's shape; its layer is called {@code name}. */
  static String add(Layers layers, String name, String weight, long rows, long columns) {
    String u = layers.state(name + LEFT, Start.normal(1), 1, rows);
    String v = layers.state(name + RIGHT, Start.normal(1), columns, 1);
    String matrix = layers.reshape(weight, rows, columns);
    String row = layers.node("MatMul", u, matrix);
    String sigma = layers.node("MatMul", row, v);
    String right = layers.reshape(unit(layers, row), columns, 1);
    String left = unit(layers, layers.node("MatMul", matrix, right));
    layers.renew(v, right);
    layers.renew(u, layers.reshape(left, 1, rows));
    return layers.node("Div", weight, sigma);
  }

  private static String unit(Layers layers, String vector) {
    String norm = layers.node(NodeBuilder.of("ReduceL2").inputs(vector).with("keepdims", 0));
    return layers.node("Div", vector, norm);
  }

  /** Brings the first vectors to the singular ones of the first weights. */
  static void settle(Parameters parameters, ByteBuffer values) {
    Map<String, Parameter> byName = new HashMap<>();
    parameters.all().forEach(parameter -> byName.put(parameter.name(), parameter));
    FloatBuffer all = values.order(ByteOrder.nativeOrder()).asFloatBuffer();
    for (Parameter left : parameters.all()) {
      String layer = left.name().replace(LEFT, "");
      Parameter right = byName.get(layer + RIGHT);
      Parameter weight = byName.get(layer + WEIGHT);
      if (left.name().endsWith(LEFT) && right != null && weight != null) {
        settle(slice(all, weight), slice(all, left), slice(all, right));
      }
    }
  }

  private static FloatBuffer slice(FloatBuffer all, Parameter parameter) {
    return all.slice(parameter.offset(), parameter.size());
  }

  private static void settle(FloatBuffer w, FloatBuffer u, FloatBuffer v) {
    int columns = v.capacity();
    for (int iteration = 0; iteration < FIRST_ITERATIONS; iteration++) {
      double[] right = new double[columns];
      for (int i = 0; i < w.capacity(); i++) {
        right[i % columns] += (double) w.get(i) * u.get(i / columns);
      }
      unit(right, v);
      double[] left = new double[u.capacity()];
      for (int i = 0; i < w.capacity(); i++) {
        left[i / columns] += (double) w.get(i) * v.get(i % columns);
      }
      unit(left, u);
    }
  }

  private static void unit(double[] from, FloatBuffer to) {
    double power = 0;
    for (double value : from) {
      power += value * value;
    }
    for (int i = 0; i < from.length; i++) {
      to.put(i, (float) (from[i] / Math.sqrt(power)));
    }
  }
}
