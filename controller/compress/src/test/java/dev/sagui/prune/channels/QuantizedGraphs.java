/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Drawn chains of convolutions between QuantizeLinear and DequantizeLinear. */
final class QuantizedGraphs {
  private final SplittableRandom random;
  private final GraphProto.Builder graph =
      TestModels.graph(List.of("x"), List.of(new long[] {2, 4, 8, 8}));

  private QuantizedGraphs(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Two to four layers, some depthwise, some with a sum around them. */
  static ModelProto drawn(long seed) {
    QuantizedGraphs made = new QuantizedGraphs(seed);
    String value = made.conv("first", "x", 4, 8, 1);
    int layers = 1 + made.random.nextInt(3);
    for (int i = 0; i < layers; i++) {
      String layer = "layer" + i;
      boolean depthwise = made.random.nextBoolean();
      String next = made.conv(layer, value, 8, 8, depthwise ? 8 : 1);
      if (made.random.nextBoolean()) {
        made.graph.addNode(node("Relu", layer + "_relu", next));
        next = layer + "_relu";
      }
      if (made.random.nextBoolean()) {
        made.graph.addNode(node("Add", layer + "_sum", next, value));
        next = layer + "_sum";
      }
      value = next;
    }
    String last = made.conv("last", value, 8, 3, 1);
    made.graph.addNode(node("Identity", "y", last));
    return TestModels.model(made.graph);
  }

  private String conv(String name, String input, int from, int to, int groups) {
    scalars(name + "_x", 0.02f, ElementType.INT8, new byte[] {(byte) random.nextInt(-20, 20)});
    String[] scaled = {name + "_x_scale", name + "_x_zero"};
    graph
        .addNode(node("QuantizeLinear", name + "_q", input, scaled[0], scaled[1]))
        .addNode(node("DequantizeLinear", name + "_dq", name + "_q", scaled[0], scaled[1]));
    byte[] weights = new byte[to * from / groups * 9];
    random.nextBytes(weights);
    tensor(name + "_w", ElementType.INT8, weights, to, from / groups, 3, 3);
    boolean perChannel = random.nextBoolean();
    String dequantized = dequantized(name + "_w", perChannel ? to : 1, new byte[to]);
    ByteBuffer bias = ByteBuffer.allocate(to * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < to; i++) {
      bias.putInt(random.nextInt(-300, 300));
    }
    tensor(name + "_b", ElementType.INT32, bias.array(), to);
    String added = dequantized(name + "_b", perChannel ? to : 1, new byte[0]);
    graph.addNode(
        node("Conv", name, name + "_dq", dequantized, added)
            .addAttribute(ints("pads", 1, 1, 1, 1))
            .addAttribute(number("group", groups)));
    return name;
  }

  private String dequantized(String name, int scales, byte[] zeros) {
    float[] values = new float[scales];
    for (int i = 0; i < scales; i++) {
      values[i] = (float) random.nextDouble(0.0005, 0.003);
    }
    boolean shifted = zeros.length > 0 && random.nextBoolean();
    if (scales == 1) {
      scalars(name, values[0], ElementType.INT8, new byte[1]);
    } else {
      graph.addInitializer(TestModels.floats(name + "_scale", values, scales));
      tensor(name + "_zero", ElementType.INT8, new byte[scales], scales);
    }
    String[] inputs =
        shifted
            ? new String[] {name, name + "_scale", name + "_zero"}
            : new String[] {name, name + "_scale"};
    graph.addNode(
        node("DequantizeLinear", name + "_float", inputs).addAttribute(number("axis", 0)));
    return name + "_float";
  }

  private void scalars(String name, float scale, ElementType type, byte[] zero) {
    graph.addInitializer(
        TensorValues.floats(List.of(), new double[] {scale}).toBuilder().setName(name + "_scale"));
    tensor(name + "_zero", type, zero);
  }

  private void tensor(String name, ElementType type, byte[] bytes, long... dims) {
    List<Long> shape = Arrays.stream(dims).boxed().toList();
    graph.addInitializer(
        TensorValues.raw(type, shape, ByteString.copyFrom(bytes)).toBuilder().setName(name));
  }
}
