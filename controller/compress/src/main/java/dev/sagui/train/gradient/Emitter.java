/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes nodes into a graph; only operators whose form is the same from opset 17 to 21.
 *
 * <p>Constants are shared: the same numbers are written once.
 */
public final class Emitter {
  private static final String RUNTIME_DOMAIN = "com.microsoft";

  private final Graph graph;
  private final Map<String, String> constants = new HashMap<>();

  public Emitter(Graph graph) {
    this.graph = graph;
  }

  /** The node that makes a value; none for inputs and initializers. */
  public Optional<Node> producer(String value) {
    return graph.producer(value);
  }

  /** The value that {@code operator} of ONNX's own domain gives. */
  public String node(String operator, String... inputs) {
    return node(NodeBuilder.of(operator).inputs(inputs));
  }

  /** The one value of a node in the making. */
  public String node(NodeBuilder node) {
    String name = graph.freshName("g");
    graph.add(node.nameless(name).build());
    return name;
  }

  /** The one value of a node like another one, which has no output yet. */
  String node(NodeProto.Builder node) {
    String name = graph.freshName("g");
    graph.add(node.addOutput(name).build());
    return name;
  }

  /** An operator that only ONNX Runtime has. */
  static NodeBuilder runtimes(String operator) {
    return NodeBuilder.of(RUNTIME_DOMAIN, operator);
  }

  /** A float32 scalar. */
  public String scalar(double value) {
    return floats(List.of(), value);
  }

  /** A float32 tensor. */
  public String floats(List<Long> dims, double... values) {
    return constants.computeIfAbsent(
        dims + java.util.Arrays.toString(values),
        key -> graph.addConstant("k", TensorValues.floats(dims, values)));
  }

  /**
   * A float32 tensor that is large and the same wherever {@code key} is, which is made once.
   *
   * @param key that no other tensor has
   */
  public String floats(String key, List<Long> dims, Supplier<double[]> values) {
    return constants.computeIfAbsent(
        "f" + key, k -> graph.addConstant("k", TensorValues.floats(dims, values.get())));
  }

  /** An int64 vector: a shape, axes, the like. */
  public String longs(long... values) {
    return constants.computeIfAbsent(
        "i" + java.util.Arrays.toString(values),
        key -> graph.addConstant("k", TensorValues.longs(values)));
  }

  public String add(String a, String b) {
    return node("Add", a, b);
  }

  public String subtract(String a, String b) {
    return node("Sub", a, b);
  }

  public String multiply(String a, String b) {
    return node("Mul", a, b);
  }

  public String multiply(String a, double factor) {
    return factor == 1 ? a : multiply(a, scalar(factor));
  }

  public String divide(String a, String b) {
    return node("Div", a, b);
  }

  public String negative(String a) {
    return node("Neg", a);
  }

  /** 1 where a boolean is true, else 0. */
  public String number(String bool) {
    return node(NodeBuilder.of("Cast").inputs(bool).with("to", ElementType.FLOAT.number()));
  }

  /**
   * 1 where a value is not zero, else 0: two casts, of all ways to make a mask the fastest that
   * ONNX Runtime has.
   */
  public String nonZero(String value) {
    return number(node(NodeBuilder.of("Cast").inputs(value).with("to", ElementType.BOOL.number())));
  }

  /** 1 where {@code a} is greater than {@code b}, else 0. */
  public String greater(String a, String b) {
    return number(node("Greater", a, b));
  }

  public String reshape(String value, List<Long> shape) {
    return node("Reshape", value, longs(array(shape)));
  }

  public String transpose(String value, long... order) {
    for (int i = 0; i < order.length; i++) {
      if (order[i] != i) {
        return node(NodeBuilder.of("Transpose").inputs(value).with("perm", order));
      }
    }
    return value;
  }

  /** The sum over some axes. */
  public String sum(String value, boolean keep, long... axes) {
    return node(
        NodeBuilder.of("ReduceSum").inputs(value, longs(axes)).with("keepdims", keep ? 1 : 0));
  }

  /** The mean over all elements, a scalar. */
  public String mean(String value) {
    return node(NodeBuilder.of("ReduceMean").inputs(value).with("keepdims", 0));
  }

  /** A value, or {@code least} where it is smaller. */
  public String atLeast(String value, double least) {
    return node("Clip", value, scalar(least));
  }

  /** A value, or {@code most} where it is larger. */
  public String atMost(String value, double most) {
    return node("Clip", value, "", scalar(most));
  }

  /** A value broadcast to a shape. */
  public String expand(String value, List<Long> shape) {
    return node("Expand", value, longs(array(shape)));
  }

  /** Part of a value along one axis. */
  public String slice(String value, long axis, long from, long to, long step) {
    return node("Slice", value, longs(from), longs(to), longs(axis), longs(step));
  }

  /** Part of a value along some axes. */
  String slice(String value, long[] axes, long[] from, long[] to, long[] steps) {
    return node("Slice", value, longs(from), longs(to), longs(axes), longs(steps));
  }

  /** All of a value in {@code parts} of the same size along one axis. */
  List<String> split(String value, long axis, long parts, long size) {
    long[] sizes = new long[Math.toIntExact(parts)];
    java.util.Arrays.fill(sizes, size);
    NodeBuilder node = NodeBuilder.of("Split").inputs(value, longs(sizes)).with("axis", axis);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      names.add(graph.freshName("g"));
      node.output(names.get(i));
    }
    graph.add(node.build());
    return names;
  }

  /** Zeros around a value; negative numbers cut. */
  public String pad(String value, long... pads) {
    for (long pad : pads) {
      if (pad != 0) {
        return node("Pad", value, longs(pads));
      }
    }
    return value;
  }

  public String concat(long axis, List<String> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : node(NodeBuilder.of("Concat").inputs(parts.toArray(String[]::new)).with("axis", axis));
  }

  /** The product of matrices, either of them transposed in its last two axes. */
  public String product(String a, boolean transposeA, String b, boolean transposeB) {
    return transposeA || transposeB
        ? node(
            runtimes("FusedMatMul")
                .inputs(a, b)
                .with("transA", transposeA ? 1 : 0)
                .with("transB", transposeB ? 1 : 0))
        : node("MatMul", a, b);
  }

  /** A value of zeros. */
  public String zeros(List<Long> shape) {
    return node("ConstantOfShape", longs(array(shape)));
  }

  static long[] array(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
