/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One block of attention with a cache of keys and values, as decoders are exported. */
final class CachedDecoder {
  private static final int CONTEXT = 32;
  private static final int VOCABULARY = 24;

  private CachedDecoder() {}

  static OnnxModel of(long inner, long width) {
    Layers net = new Layers(5);
    net.input("input_ids", ElementType.INT64, Layers.BATCH, Layers.LENGTH);
    net.input("past_key", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, width);
    net.input("past_value", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, width);
    String x = net.node("Gather", matrix(net, "table", VOCABULARY, width, 1), "input_ids");
    String query = net.node("MatMul", x, matrix(net, "query", width, width, 0.5));
    String key = net.node("MatMul", x, matrix(net, "key", width, width, 0.5));
    String value = net.node("MatMul", x, matrix(net, "value", width, width, 0.5));
    net.named("present_key", joined("past_key", key));
    net.named("present_value", joined("past_value", value));
    String scores = net.node("MatMul", query, net.transpose("present_key", 0, 2, 1));
    String shares =
        net.node(NodeBuilder.of("Softmax").inputs(hidden(net, scores)).with("axis", -1));
    x = net.node("Add", x, net.node("MatMul", shares, "present_value"));
    String wide = net.node("Relu", net.node("MatMul", x, matrix(net, "widen", width, inner, 0.4)));
    x = net.node("Add", x, net.node("MatMul", wide, matrix(net, "narrow", inner, width, 0.4)));
    net.named(
        "logits", NodeBuilder.of("MatMul").inputs(x, matrix(net, "head", width, VOCABULARY, 1)));
    net.output("logits", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, VOCABULARY);
    net.output("present_key", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, width);
    net.output("present_value", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, width);
    return ownLengths(net.build("decoder", Map.of()));
  }

  private static String matrix(Layers net, String name, long rows, long columns, double size) {
    return net.weight(name, Start.normal(size), rows, columns);
  }

  private static NodeBuilder joined(String past, String now) {
    return NodeBuilder.of("Concat").inputs(past, now).with("axis", 1);
  }

  /** Each position sees those before it: rows of a table from the length of the past on. */
  private static String hidden(Layers net, String scores) {
    double[] mask = new double[CONTEXT * CONTEXT];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % CONTEXT > i / CONTEXT ? -1e4 : 0;
    }
    String table =
        net.constant("mask", TensorValues.floats(List.of((long) CONTEXT, (long) CONTEXT), mask));
    String past = length(net, "past_key");
    String all = length(net, "present_key");
    String rows = net.node("Slice", table, past, all, net.longs(0));
    return net.node("Add", scores, net.node("Slice", rows, net.longs(0), all, net.longs(1)));
  }

  private static String length(Layers net, String value) {
    return net.node(NodeBuilder.of("Shape").inputs(value).with("start", 1).with("end", 2));
  }

  /** The cache is as long as itself, not as the ids. */
  private static OnnxModel ownLengths(OnnxModel model) {
    GraphProto.Builder graph = model.graph().toBuilder();
    graph.getInputBuilderList().stream().skip(1).forEach(info -> rename(info, "past"));
    graph.getOutputBuilderList().stream().skip(1).forEach(info -> rename(info, "present"));
    return model.with(model.proto().toBuilder().setGraph(graph).build());
  }

  private static void rename(ValueInfoProto.Builder info, String length) {
    info.getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(1)
        .setDimParam(length);
  }

  /** Token by token with its cache, a decoder says what it says of all tokens at once. */
  static void requireCacheGoesOn(OnnxModel model) throws IOException {
    long[] tokens = {3, 17, 4, 9, 20, 1};
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      float[] whole = logits(session.run(inputs(session, empty(session), tokens)));
      List<Tensor> cache = empty(session);
      for (int i = 0; i < tokens.length; i++) {
        List<Tensor> outputs = session.run(inputs(session, cache, tokens[i]));
        float[] now = logits(outputs);
        for (int j = 0; j < VOCABULARY; j++) {
          assertEquals(whole[i * VOCABULARY + j], now[j], 1e-3);
        }
        cache = List.of(outputs.get(1).named("past_key"), outputs.get(2).named("past_value"));
      }
    }
  }

  private static List<Tensor> empty(OrtModel session) {
    List<Tensor> empty = new ArrayList<>();
    for (String name : session.inputs()) {
      if (name.startsWith("past")) {
        empty.add(
            new Tensor(name, DataType.FP32, List.of(1L, 0L, 16L), ByteBuffer.allocateDirect(0)));
      }
    }
    return empty;
  }

  private static List<Tensor> inputs(OrtModel session, List<Tensor> cache, long... tokens) {
    ByteBuffer ids =
        ByteBuffer.allocateDirect(tokens.length * Long.BYTES).order(ByteOrder.nativeOrder());
    ids.asLongBuffer().put(tokens);
    List<Tensor> inputs = new ArrayList<>(cache);
    inputs.add(new Tensor("input_ids", DataType.INT64, List.of(1L, (long) tokens.length), ids));
    return inputs;
  }

  private static float[] logits(List<Tensor> outputs) {
    return outputs.get(0).floats();
  }
}
