/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static dev.sagui.onnx.TestModels.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import java.util.Arrays;
import java.util.List;

/** Graphs by name whose inner channels can go, each with the operators that its name says. */
enum Prunable {
  CONV {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).op("Relu", "b", "a").conv("y", "b", 16, 3);
    }
  },
  SEPARABLE_CONV {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16)
          .grouped("Conv", "b", "a", 16, 16, 1, 3, 3)
          .op("HardSwish", "c", "b")
          .conv("y", "c", 16, 3);
    }
  },
  DEPTHWISE_WITH_TWO_OUTPUTS_EACH {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 8).grouped("Conv", "b", "a", 8, 16, 1, 3, 3).conv("y", "b", 16, 3);
    }
  },
  GROUPED_CONV {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).grouped("Conv", "b", "a", 2, 16, 8, 3, 3).conv("y", "b", 16, 3);
    }
  },
  GROUPED_CONV_TRANSPOSE {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16)
          .grouped("ConvTranspose", "b", "a", 2, 16, 6, 2, 2)
          .grouped("ConvTranspose", "c", "b", 12, 12, 1, 2, 2)
          .conv("y", "c", 12, 3);
    }
  },
  BATCH_AND_INSTANCE_NORMALIZATION {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).constant("s", 16).constant("o", 16).constant("m", 16);
      body.positive("v", 16).op("BatchNormalization", "b", "a", "s", "o", "m", "v");
      body.constant("s2", 16).constant("o2", 16);
      body.op("InstanceNormalization", "c", "b", "s2", "o2").conv("y", "c", 16, 3);
    }
  },
  CONCAT_OF_TWO_BRANCHES {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 8).conv("b", "x", 4, 12).concat("c", 1, "a", "x", "b", "a");
      body.conv("y", "c", 32, 3);
    }
  },
  RESIDUAL_CHAIN {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).conv("b", "a", 16, 16).op("Relu", "c", "b");
      body.conv("d", "c", 16, 16).op("Add", "e", "d", "a").conv("f", "e", 16, 16);
      body.op("Add", "g", "f", "e").conv("y", "g", 16, 3);
    }
  },
  GATE_BY_SPLIT {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).longs("parts", 8, 8).split("b", "c", "a", "parts");
      body.op("Sigmoid", "d", "b").op("Tanh", "e", "c").op("Mul", "f", "d", "e");
      body.conv("y", "f", 8, 3);
    }
  },
  EQUAL_SPLIT_AND_SLICES {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 12).split("b", "c", "a", "");
      body.longs("one", 1).longs("from", -4).longs("to", 1000);
      body.op("Slice", "d", "b", "from", "to", "one").conv("e", "d", 4, 3);
      body.conv("f", "c", 6, 3).op("Add", "y", "e", "f");
    }
  },
  SQUEEZE_AND_EXCITATION {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).op("GlobalAveragePool", "p", "a").point("q", "p", 16, 4);
      body.op("Relu", "r", "q").point("s", "r", 4, 16).op("HardSigmoid", "t", "s");
      body.op("Mul", "u", "a", "t").conv("y", "u", 16, 3);
    }
  },
  FLATTEN_TO_A_GEMM {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 8).op("Flatten", "b", "a").gemm("c", "b", 8 * 64, 12);
      body.op("Relu", "d", "c").gemm("y", "d", 12, 5);
    }
  },
  GEMM_TO_AN_IMAGE {
    @Override
    void fill(Body body) {
      body.op("Flatten", "f", "x").gemm("a", "f", 4 * 64, 8 * 9).longs("shape", 0, 8, 3, 3);
      body.op("Reshape", "b", "a", "shape").conv("y", "b", 8, 3);
    }
  },
  DEPTH_TO_SPACE {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 32).space("DepthToSpace", "b", "a", "DCR").conv("c", "b", 8, 32);
      body.space("DepthToSpace", "d", "c", "CRD").space("SpaceToDepth", "e", "d", "");
      body.conv("y", "e", 32, 3);
    }
  },
  PAD_RESIZE_AND_POOLS {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).longs("pads", 0, 0, 1, 1, 0, 0, 1, 1).op("Pad", "b", "a", "pads");
      body.constant("roi").longs("sizes", 2, 16, 20, 20).op("Resize", "c", "b", "", "", "sizes");
      body.op("GlobalMaxPool", "d", "c").op("Add", "e", "c", "d").conv("y", "e", 16, 3);
    }
  },
  GATHERED_CHANNELS {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).longs("order", 15, 3, 3, 0, 7, -2);
      body.add(node("Gather", "b", "a", "order").addAttribute(number("axis", 1)));
      body.conv("y", "b", 6, 3);
    }
  },
  PRELU_AND_EXPAND {
    @Override
    void fill(Body body) {
      body.conv("a", "x", 4, 16).constant("slope", 16, 1, 1).op("PRelu", "b", "a", "slope");
      body.constant("offset", 1, 16, 1, 1).longs("shape", 1, 16, 8, 8);
      body.op("Expand", "c", "offset", "shape").op("Add", "d", "b", "c").conv("y", "d", 16, 3);
    }
  },
  FEED_FORWARD_WITH_LAYER_NORMALIZATION {
    @Override
    void fill(Body body) {
      body.rows("r", "x").constant("s", 16).constant("o", 16).gemmed("i", "r", 16, 16);
      body.op("LayerNormalization", "n", "i", "s", "o").gemmed("h", "n", 16, 40);
      body.op("Erf", "e", "h").gemmed("f", "e", 40, 16).op("Add", "y", "f", "i");
    }
  },
  ATTENTION {
    @Override
    void fill(Body body) {
      body.rows("r", "x")
          .gemmed("q", "r", 16, 24)
          .gemmed("k", "r", 16, 24)
          .gemmed("v", "r", 16, 24);
      body.longs("heads", 0, 0, 6, 4).longs("whole", 0, 0, 24);
      for (String each : List.of("q", "k", "v")) {
        body.op("Reshape", each + "h", each, "heads");
      }
      body.turned("qt", "qh", 0, 2, 1, 3)
          .turned("kt", "kh", 0, 2, 3, 1)
          .turned("vt", "vh", 0, 2, 1, 3);
      body.op("MatMul", "s", "qt", "kt").op("Softmax", "p", "s").op("MatMul", "c", "p", "vt");
      body.turned("ct", "c", 0, 2, 1, 3).op("Reshape", "j", "ct", "whole").gemmed("y", "j", 24, 16);
    }
  },
  ATTENTION_OF_PACKED_WEIGHTS {
    @Override
    void fill(Body body) {
      body.rows("r", "x")
          .gemmed("a", "r", 16, 72)
          .longs("kinds", 0, 0, 3, 6, 4)
          .longs("whole", 0, 0, 24);
      body.op("Reshape", "b", "a", "kinds").turned("t", "b", 2, 0, 3, 1, 4);
      for (int i = 0; i < 3; i++) {
        body.scalar("i" + i, i).op("Gather", "g" + i, "t", "i" + i);
      }
      body.turned("kt", "g1", 0, 1, 3, 2).op("MatMul", "s", "g0", "kt").op("Softmax", "p", "s");
      body.op("MatMul", "c", "p", "g2").turned("ct", "c", 0, 2, 1, 3);
      body.op("Reshape", "j", "ct", "whole").gemmed("y", "j", 24, 16);
    }
  },
  ATTENTION_OF_SPLIT_WEIGHTS {
    @Override
    void fill(Body body) {
      body.rows("r", "x").gemmed("a", "r", 16, 72).longs("heads", 0, 0, 6, 4);
      body.longs("parts", 24, 24, 24).longs("whole", 0, 0, 24);
      body.add(
          node("Split", "q", "a", "parts")
              .addOutput("k")
              .addOutput("v")
              .addAttribute(number("axis", 2)));
      body.op("Reshape", "qh", "q", "heads").op("Reshape", "kh", "k", "heads");
      body.op("Reshape", "vh", "v", "heads").turned("qt", "qh", 0, 2, 1, 3);
      body.turned("kt", "kh", 0, 2, 3, 1).turned("vt", "vh", 0, 2, 1, 3);
      body.op("MatMul", "s", "qt", "kt").op("Softmax", "p", "s").op("MatMul", "c", "p", "vt");
      body.turned("ct", "c", 0, 2, 1, 3).op("Reshape", "j", "ct", "whole").gemmed("y", "j", 24, 16);
    }
  },
  LSTM {
    @Override
    void fill(Body body) {
      body.recurrent("LSTM", 4, 2).gemmed("y", "j", 16, 5);
    }
  },
  GRU {
    @Override
    void fill(Body body) {
      body.recurrent("GRU", 3, 1).gemmed("y", "j", 8, 5);
    }
  };

  abstract void fill(Body body);

  /** x [2, 4, 8, 8] to y. */
  ModelProto model() {
    Body body = new Body(ordinal());
    fill(body);
    return TestModels.model(body.graph);
  }

  /** A graph in the making; each weight has a seed of its own. */
  static final class Body {
    private final GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {2, 4, 8, 8}));
    private long seed;

    Body(long seed) {
      this.seed = 100 * seed;
    }

    Body add(NodeProto.Builder node) {
      graph.addNode(node);
      return this;
    }

    Body op(String operator, String output, String... inputs) {
      return add(node(operator, output, inputs));
    }

    Body constant(String name, long... dims) {
      graph.addInitializer(weights(name, seed++, dims));
      return this;
    }

    Body positive(String name, long size) {
      float[] values = new float[(int) size];
      Arrays.fill(values, 0.5f);
      graph.addInitializer(TestModels.floats(name, values, size));
      return this;
    }

    Body longs(String name, long... values) {
      graph.addInitializer(TensorValues.longs(values).toBuilder().setName(name));
      return this;
    }

    Body scalar(String name, long value) {
      graph.addInitializer(TensorValues.longs(List.of(), value).toBuilder().setName(name));
      return this;
    }

    Body conv(String output, String input, int from, int to) {
      constant(output + "_w", to, from, 3, 3).constant(output + "_b", to);
      return add(
          node("Conv", output, input, output + "_w", output + "_b")
              .addAttribute(ints("pads", 1, 1, 1, 1)));
    }

    Body point(String output, String input, int from, int to) {
      constant(output + "_w", to, from, 1, 1).constant(output + "_b", to);
      return op("Conv", output, input, output + "_w", output + "_b");
    }

    Body grouped(
        String operator, String output, String input, int groups, long a, long b, long k, long l) {
      constant(output + "_w", a, b, k, l);
      return add(
          node(operator, output, input, output + "_w").addAttribute(number("group", groups)));
    }

    Body concat(String output, int axis, String... inputs) {
      return add(node("Concat", output, inputs).addAttribute(number("axis", axis)));
    }

    Body split(String first, String second, String input, String parts) {
      NodeProto.Builder node = node("Split", first, input).addOutput(second);
      if (!parts.isEmpty()) {
        node.addInput(parts);
      }
      return add(node.addAttribute(number("axis", 1)));
    }

    Body gemm(String output, String input, int from, int to) {
      constant(output + "_w", to, from).constant(output + "_b", to);
      return add(
          node("Gemm", output, input, output + "_w", output + "_b")
              .addAttribute(number("transB", 1)));
    }

    Body gemmed(String output, String input, int from, int to) {
      constant(output + "_w", from, to).constant(output + "_b", to);
      op("MatMul", output + "_m", input, output + "_w");
      return op("Add", output, output + "_m", output + "_b");
    }

    /** [2, 4, 8, 8] as [2, 16, 16]. */
    Body rows(String output, String input) {
      return longs("rows_shape", 2, 16, 16).op("Reshape", output, input, "rows_shape");
    }

    Body turned(String output, String input, long... order) {
      return add(node("Transpose", output, input).addAttribute(ints("perm", order)));
    }

    Body space(String operator, String output, String input, String mode) {
      NodeProto.Builder node = node(operator, output, input).addAttribute(number("blocksize", 2));
      if (!mode.isEmpty()) {
        node.addAttribute(
            AttributeProto.newBuilder()
                .setName("mode")
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(mode)));
      }
      return add(node);
    }

    /** Eight hidden units over 16 steps, joined as j [16, 2, 8 · directions]. */
    Body recurrent(String operator, int gates, int directions) {
      rows("r", "x").turned("t", "r", 1, 0, 2).constant("w", directions, gates * 8, 16);
      constant("u", directions, gates * 8, 8).constant("b", directions, 2 * gates * 8);
      NodeProto.Builder node =
          node(operator, "h", "t", "w", "u", "b").addAttribute(number("hidden_size", 8));
      if (directions == 2) {
        node.addAttribute(
            AttributeProto.newBuilder()
                .setName("direction")
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("bidirectional")));
      }
      return add(node)
          .turned("s", "h", 0, 2, 1, 3)
          .longs("joined", 0, 0, 8L * directions)
          .op("Reshape", "j", "s", "joined");
    }
  }
}
