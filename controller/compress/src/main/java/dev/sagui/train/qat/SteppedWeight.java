/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import dev.sagui.train.gradient.Emitter;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Integers times steps, one a channel or a block, where both are learned (Esser et al., Learned
 * Step Size Quantization, 2020). The weight is s · (round(clip(w / s + z)) − z) of a free w, with
 * rounding straight through, and s = s₀ (1 + √g u) of a parameter u that begins at 0, g = 1 / √(N
 * Q) for N weights a step of Q levels: gradient descent on u moves s as it would by g times its
 * gradient, in units of s₀, and adaptive optimizers move it by a share of itself.
 *
 * @param shape that broadcasts the steps against the integers' dimensions
 */
record SteppedWeight(IntegerWeight integers, StoredSteps steps, List<Long> shape)
    implements FreedWeight {
  private static final float LEAST = 1e-8f;

  /** The parameter w. */
  String free() {
    return integers.value() + "_free";
  }

  /** The parameter u; none where there is but one step, which is a number of the arithmetic. */
  private String growth() {
    return integers.value() + "_step";
  }

  private boolean learnsSteps() {
    return steps.values().length > 1;
  }

  /** √g. */
  private float factor() {
    double each = (double) integers.elements() / steps.values().length;
    return (float) Math.pow(each * integers.highest(), -0.25);
  }

  /** A block of zeros may have a step of 0. */
  private float inverse(int index) {
    float step = steps.values()[index];
    return 1 / (Math.abs(step) < LEAST ? LEAST : step);
  }

  /**
   * Adds the parameters, and the nodes that make the weight of them.
   *
   * @param levels the integers as they are
   */
  void into(Graph graph, int[] levels) {
    Emitter emit = new Emitter(graph);
    graph.put(floats(integers.dims(), integers.dequantized(levels)).setName(free()).build());
    String step = step(graph, emit);
    // Sub and Div of constants: those of Add and Mul would count as weights.
    String place = emit.node("Div", free(), step);
    if (hasZeros()) {
      place = emit.subtract(place, constant(graph, "zeros", zeros(-1)));
    }
    String bounded =
        emit.node("Clip", place, emit.scalar(integers.lowest()), emit.scalar(integers.highest()));
    String one = emit.scalar(1);
    String zero = graph.addConstant("zero", zero());
    String rounded =
        emit.node("DequantizeLinear", emit.node("QuantizeLinear", bounded, one, zero), one, zero);
    if (hasZeros()) {
      rounded = emit.subtract(rounded, constant(graph, "zeros", zeros(1)));
    }
    graph.add(NodeBuilder.of("Mul").inputs(rounded, step).nameless(integers.value()).build());
  }

  private String step(Graph graph, Emitter emit) {
    int count = steps.values().length;
    if (!learnsSteps()) {
      return constant(graph, "step", steps.values());
    }
    graph.put(floats(shape, new float[count]).setName(growth()).build());
    float[] inverses = new float[count];
    for (int i = 0; i < count; i++) {
      inverses[i] = inverse(i);
    }
    String share = emit.add(emit.multiply(growth(), factor()), emit.scalar(1));
    return emit.divide(share, constant(graph, "inverse", inverses));
  }

  private boolean hasZeros() {
    return Arrays.stream(integers.zeros()).anyMatch(zero -> zero != 0);
  }

  private float[] zeros(int sign) {
    float[] zeros = new float[integers.zeros().length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = sign * integers.zeros()[i];
    }
    return zeros;
  }

  private TensorProto zero() {
    ElementType type = integers.highest() > Byte.MAX_VALUE ? ElementType.UINT8 : ElementType.INT8;
    return TensorValues.raw(type, List.of(), ByteString.copyFrom(new byte[1]));
  }

  private String constant(Graph graph, String hint, float[] values) {
    return graph.addConstant(hint, floats(shape, values).build());
  }

  /** A tensor without a name. */
  static TensorProto.Builder floats(List<Long> dims, float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return TensorValues.floats(dims, wide).toBuilder();
  }

  /** Steps of the parameter u, as the graph computes them. */
  private float[] grown(float[] growth) {
    float[] grown = new float[growth.length];
    for (int i = 0; i < grown.length; i++) {
      grown[i] = (growth[i] * factor() + 1) / inverse(i);
    }
    return grown;
  }

  /** The nearest u whose step can be stored. */
  private float[] storable(float[] growth) {
    float[] held = steps.held(grown(growth));
    for (int i = 0; i < held.length; i++) {
      held[i] = (held[i] * inverse(i) - 1) / factor();
    }
    return held;
  }

  @Override
  public Map<String, UnaryOperator<float[]>> projections() {
    return learnsSteps() ? Map.of(growth(), this::storable) : Map.of();
  }

  @Override
  public Map<String, ByteString> stored(Trained trained) throws IOException {
    float[] learnt = learnsSteps() ? steps.held(grown(trained.of(growth()))) : steps.values();
    IntegerWeight now = integers.with(learnt);
    Map<String, ByteString> stored = new HashMap<>();
    stored.put(integers.integers(), now.bytes(now.nearest(trained.of(free()))));
    if (learnsSteps()) {
      stored.put(steps.name(), steps.bytes(learnt));
    }
    return stored;
  }
}
