/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.model.TrapParts.body;
import static dev.sagui.cli.model.TrapParts.branch;
import static dev.sagui.cli.model.TrapParts.bytes;
import static dev.sagui.cli.model.TrapParts.cast;
import static dev.sagui.cli.model.TrapParts.constant;
import static dev.sagui.cli.model.TrapParts.conv;
import static dev.sagui.cli.model.TrapParts.dimension;
import static dev.sagui.cli.model.TrapParts.flag;
import static dev.sagui.cli.model.TrapParts.float16;
import static dev.sagui.cli.model.TrapParts.halves;
import static dev.sagui.cli.model.TrapParts.longs;
import static dev.sagui.cli.model.TrapParts.typed;
import static dev.sagui.onnx.TestModels.floats;
import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static dev.sagui.onnx.TestModels.value;
import static dev.sagui.onnx.TestModels.weights;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;

/** The graphs of {@link TrapModels}: nodes from x to y. */
final class TrapGraphs {
  private TrapGraphs() {}

  static GraphProto.Builder quantized(GraphProto.Builder g) {
    g.addInitializer(floats("s", new float[] {0.02f}));
    g.addInitializer(bytes("z", TensorProto.DataType.UINT8, new byte[] {(byte) 128}));
    g.addInitializer(weights("w", 1, 64, 96)).addInitializer(weights("v", 2, 96, 64));
    g.addNode(node("QuantizeLinear", "xq", "x", "s", "z"));
    g.addNode(node("DequantizeLinear", "xd", "xq", "s", "z"));
    g.addNode(node("MatMul", "h", "xd", "w")).addNode(node("Relu", "r", "h"));
    return g.addNode(node("MatMul", "y", "r", "v"));
  }

  static GraphProto.Builder half(GraphProto.Builder g) {
    float16(g.getInputBuilder(0));
    float16(g.getOutputBuilder(0));
    g.addInitializer(halves("w", 1, 16, 8, 3, 3)).addInitializer(halves("v", 2, 8, 16, 3, 3));
    g.addNode(conv("h", "x", "w")).addNode(node("Relu", "r", "h"));
    return g.addNode(conv("y", "r", "v"));
  }

  static GraphProto.Builder halfInside(GraphProto.Builder g) {
    g.addInitializer(halves("w", 1, 64, 96)).addInitializer(halves("v", 2, 96, 64));
    g.addNode(cast("xh", "x", TensorProto.DataType.FLOAT16));
    g.addNode(node("MatMul", "h", "xh", "w")).addNode(node("Relu", "r", "h"));
    g.addNode(node("MatMul", "yh", "r", "v"));
    return g.addNode(cast("y", "yh", TensorProto.DataType.FLOAT));
  }

  static GraphProto.Builder nested(GraphProto.Builder g) {
    g.addNode(node("ReduceMean", "m", "x").addAttribute(number("keepdims", 0)));
    g.addInitializer(floats("half", new float[] {0.5f}));
    g.addNode(node("Greater", "c1", "m", "half"));
    g.addNode(node("Squeeze", "c", "c1"));
    return g.addNode(
        node("If", "y", "c")
            .addAttribute(body("then_branch", branch("t", 1)))
            .addAttribute(body("else_branch", branch("e", 2))));
  }

  static GraphProto.Builder loop(GraphProto.Builder g) {
    g.addInitializer(longs("n", 3)).addInitializer(flag("go"));
    GraphProto.Builder body = GraphProto.newBuilder().setName("body");
    body.addInput(typed("i", 7)).addInput(typed("cond", 9)).addInput(value("in", -1, 64));
    body.addInitializer(weights("lw", 1, 64, 64));
    body.addNode(node("MatMul", "lm", "in", "lw")).addNode(node("Tanh", "out", "lm"));
    body.addNode(node("Identity", "again", "cond"));
    body.addOutput(typed("again", 9)).addOutput(typed("out", 1));
    return g.addNode(node("Loop", "y", "n", "go", "x").addAttribute(body("body", body)));
  }

  static GraphProto.Builder noInitializers(GraphProto.Builder g) {
    g.addNode(constant(weights("w", 1, 16, 8, 3, 3)));
    for (String each : List.of("scale", "bias", "mean")) {
      g.addNode(constant(weights(each, each.length(), 16)));
    }
    float[] variances = new float[16];
    java.util.Arrays.fill(variances, 0.7f);
    g.addNode(constant(floats("var", variances, 16)));
    g.addNode(constant(weights("v", 2, 8, 16, 3, 3)));
    g.addNode(conv("h", "x", "w"));
    g.addNode(node("BatchNormalization", "b", "h", "scale", "bias", "mean", "var"));
    return g.addNode(node("Relu", "r", "b")).addNode(conv("y", "r", "v"));
  }

  static GraphProto.Builder tiedEmbeddings(GraphProto.Builder g) {
    g.setInput(0, g.getInput(0).toBuilder().setName("input_ids"));
    g.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(7);
    g.addInitializer(weights("table", 1, 96, 32)).addInitializer(weights("w", 2, 32, 32));
    g.addNode(node("Gather", "e", "table", "input_ids"));
    g.addNode(node("MatMul", "h", "e", "w")).addNode(node("Tanh", "t", "h"));
    g.addNode(node("Transpose", "turned", "table").addAttribute(ints("perm", 1, 0)));
    return g.addNode(node("MatMul", "y", "t", "turned"));
  }

  static GraphProto.Builder sharedBias(GraphProto.Builder g) {
    g.addInitializer(weights("b", 9, 8));
    for (int i = 0; i < 4; i++) {
      g.addInitializer(weights("w" + i, i, 8, 8, 3, 3));
      g.addNode(conv("h" + i, i == 0 ? "x" : "r" + (i - 1), "w" + i, "b"));
      g.addNode(node("Relu", i == 3 ? "y" : "r" + i, "h" + i));
    }
    return g;
  }

  static GraphProto.Builder computedWeight(GraphProto.Builder g) {
    g.addInitializer(weights("w", 1, 8, 8, 3, 3)).addInitializer(weights("v", 2, 8, 8, 3, 3));
    g.addInitializer(longs("axes", 0, 2, 3)).addInitializer(longs("to", 1, 8, 1, 1));
    g.addNode(node("ReduceMean", "m", "x").addAttribute(ints("axes", 0, 2, 3)));
    g.addNode(node("Reshape", "f", "m", "to")).addNode(node("Mul", "run", "w", "f"));
    g.addNode(conv("h", "x", "run")).addNode(node("Relu", "r", "h"));
    return g.addNode(conv("y", "r", "v"));
  }

  static GraphProto.Builder dynamicShape(GraphProto.Builder g) {
    for (int axis : new int[] {2, 3}) {
      dimension(g, axis).clearDimValue().setDimParam(axis == 2 ? "height" : "width");
    }
    g.addInitializer(weights("w", 1, 16, 3, 3, 3)).addInitializer(weights("v", 2, 16, 3, 4, 4));
    g.addNode(conv("h", "x", "w")).addNode(node("Relu", "r", "h"));
    return g.addNode(
        node("ConvTranspose", "y", "r", "v")
            .addAttribute(ints("strides", 2, 2))
            .addAttribute(ints("pads", 1, 1, 1, 1)));
  }

  static GraphProto.Builder emptyPast(GraphProto.Builder g) {
    ValueInfoProto.Builder past = value("past_key", -1, 2, 1, 16).toBuilder();
    past.getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(2)
        .clearDimValue()
        .setDimParam("past_length");
    g.addInput(past);
    for (String each : List.of("q", "k", "o")) {
      g.addInitializer(weights("w" + each, each.charAt(0), 32, 32));
    }
    g.addInitializer(longs("heads", 0, 0, 2, 16)).addInitializer(longs("flat", 0, 0, 32));
    for (String each : List.of("q", "k")) {
      g.addNode(node("MatMul", each, "x", "w" + each));
      g.addNode(node("Reshape", each + "4", each, "heads"));
      g.addNode(node("Transpose", each + "t", each + "4").addAttribute(ints("perm", 0, 2, 1, 3)));
    }
    g.addNode(node("Concat", "keys", "past_key", "kt").addAttribute(number("axis", 2)));
    g.addNode(node("Transpose", "turned", "keys").addAttribute(ints("perm", 0, 1, 3, 2)));
    g.addNode(node("MatMul", "s", "qt", "turned")).addNode(node("Softmax", "p", "s"));
    g.addNode(node("MatMul", "a", "p", "keys"));
    g.addNode(node("Transpose", "at", "a").addAttribute(ints("perm", 0, 2, 1, 3)));
    return g.addNode(node("Reshape", "af", "at", "flat")).addNode(node("MatMul", "y", "af", "wo"));
  }

  static GraphProto.Builder randomInside(GraphProto.Builder g) {
    g.addInitializer(weights("w", 1, 16, 8, 3, 3)).addInitializer(weights("v", 2, 8, 16, 3, 3));
    g.addNode(conv("h", "x", "w")).addNode(node("RandomNormalLike", "n", "h"));
    return g.addNode(node("Add", "s", "h", "n")).addNode(conv("y", "s", "v"));
  }

  static GraphProto.Builder notANumber(GraphProto.Builder g) {
    g.addInitializer(weights("w", 1, 16, 8, 3, 3)).addInitializer(weights("v", 2, 8, 16, 3, 3));
    g.addInitializer(floats("half", new float[] {0.5f}));
    g.addNode(node("Sub", "d", "x", "half")).addNode(node("Log", "l", "d"));
    g.addNode(conv("h", "l", "w")).addNode(node("Relu", "r", "h"));
    return g.addNode(conv("y", "r", "v"));
  }

  static GraphProto.Builder constantActivation(GraphProto.Builder g) {
    g.addInitializer(weights("w", 1, 16, 8, 3, 3)).addInitializer(weights("v", 2, 8, 16, 3, 3));
    g.addInitializer(floats("zero", new float[] {0})).addInitializer(floats("c", new float[] {3}));
    g.addNode(node("Mul", "d", "x", "zero")).addNode(node("Add", "l", "d", "c"));
    g.addNode(conv("h", "l", "w")).addNode(node("Relu", "r", "h"));
    return g.addNode(conv("z", "r", "v")).addNode(node("Add", "y", "z", "x"));
  }

  static GraphProto.Builder neverFires(GraphProto.Builder g) {
    g.addInitializer(weights("w", 1, 8, 8, 3, 3)).addInitializer(weights("v", 2, 8, 8, 3, 3));
    g.addInitializer(weights("u", 3, 8, 8, 3, 3));
    g.addInitializer(floats("far", new float[] {1000}));
    g.addNode(conv("h", "x", "w")).addNode(node("Sub", "d", "h", "far"));
    g.addNode(node("Relu", "r", "d")).addNode(conv("a", "r", "v"));
    return g.addNode(conv("b", "x", "u")).addNode(node("Add", "y", "a", "b"));
  }

  /** Hidden units that fire once in some hundred samples: in calibration or not. */
  static GraphProto.Builder rareChannels(GraphProto.Builder g) {
    float[] bias = new float[128];
    java.util.Arrays.fill(bias, 0, 64, -10);
    g.addInitializer(weights("w", 1, 64, 128)).addInitializer(floats("b", bias, 128));
    g.addInitializer(weights("v", 2, 128, 64));
    g.addNode(node("MatMul", "h", "x", "w")).addNode(node("Add", "s", "h", "b"));
    return g.addNode(node("Relu", "r", "s")).addNode(node("MatMul", "y", "r", "v"));
  }

  static GraphProto.Builder grows(GraphProto.Builder g) {
    g.addInitializer(weights("w", 1, 8, 8, 1, 1));
    return g.addNode(node("Conv", "y", "x", "w"));
  }

  static GraphProto.Builder slower(GraphProto.Builder g) {
    for (int i = 0; i < 12; i++) { // each channel alone: no int8 kernel keeps up
      String from = i == 0 ? "x" : "t" + (i - 1);
      g.addInitializer(weights("w" + i, i, 64, 1, 3, 3));
      g.addNode(conv("h" + i, from, "w" + i).addAttribute(number("group", 64)));
      g.addNode(node("Tanh", i == 11 ? "y" : "t" + i, "h" + i));
    }
    return g;
  }
}
