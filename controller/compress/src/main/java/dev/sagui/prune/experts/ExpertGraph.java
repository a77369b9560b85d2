/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes a block as experts. Rows are sorted by expert, each expert computes those that chose it,
 * perhaps none, and what a row's experts give is added up: products of no rows cost ONNX Runtime
 * nothing, so that there are no nested graphs, and passes for matrix products apply.
 */
final class ExpertGraph {
  private final OnnxModel model;
  private final Graph graph;
  private final Scratch scratch;
  private final FeedForward block;
  private final BlockSplit split;
  private final int count;
  private final String name;

  ExpertGraph(OnnxModel model, Graph graph, Scratch scratch, FeedForward block, BlockSplit split) {
    this.model = model;
    this.graph = graph;
    this.scratch = scratch;
    this.block = block;
    this.split = split;
    this.count = split.added().length;
    this.name = block.hidden();
  }

  /** Replaces the block; the value that it gives keeps its name. */
  void replace(float[] up, int active) throws IOException {
    String output = FeedForward.output(graph, block.down());
    String upBias = FeedForward.bias(graph, block.up());
    String downBias = FeedForward.bias(graph, block.down());
    boolean plane = block.up().node().is("Gemm");
    String rows = plane ? block.input() : reshaped(block.input(), flat());
    float[] firstBias = upBias.isEmpty() ? new float[0] : constant(upBias);
    float[] base = split.base().clone();
    float[] lastBias = downBias.isEmpty() ? new float[base.length] : constant(downBias);
    for (int j = 0; j < base.length; j++) {
      base[j] += lastBias[j];
    }
    block.removeFrom(graph);
    Dispatch dispatch = Dispatch.of(graph, name, count, scores(rows), active);
    List<String> given = dispatch.rows(rows);
    String[] results = new String[count];
    for (int e = 0; e < count; e++) {
      results[e] = expert(e, given.get(e), up, firstBias);
    }
    String sum = dispatch.added(results);
    String biased = plane ? output : graph.freshName(name + "_biased");
    node("Add", biased, sum, floats("base", List.of((long) base.length), base));
    if (!plane) {
      graph.add(
          NodeBuilder.of("Reshape").inputs(biased, shape(base.length)).output(output).build());
    }
  }

  private float[] constant(String value) throws IOException {
    return TensorValues.floats(model, graph.constant(value).orElseThrow());
  }

  /** [count, M]: the router is the left operand, so that its products stay in float32. */
  private String scores(String rows) {
    float[][] weights = split.router().weights();
    float[] flat = new float[weights.length * count];
    for (int k = 0; k < weights.length; k++) {
      for (int e = 0; e < count; e++) {
        flat[e * weights.length + k] = weights[k][e];
      }
    }
    String scores = graph.freshName(name + "_scores");
    String matrix = floats("router", List.of((long) count, (long) weights.length), flat);
    String bias = floats("router_bias", List.of((long) count, 1L), split.router().bias());
    graph.add(
        NodeBuilder.of("Gemm").inputs(matrix, rows, bias).output(scores).with("transB", 1).build());
    return scores;
  }

  private String expert(int expert, String rows, float[] up, float[] bias) throws IOException {
    int[] neurons = split.grouping().neurons(expert);
    int width = split.grouping().expertOf().length;
    int inputs = block.up().inputs();
    float[] first = new float[inputs * neurons.length];
    for (int k = 0; k < inputs; k++) {
      for (int i = 0; i < neurons.length; i++) {
        first[k * neurons.length + i] = up[k * width + neurons[i]];
      }
    }
    String own = name + "_expert" + expert;
    String hidden = product(own + "_up", rows, first, inputs, neurons.length);
    if (bias.length > 0) {
      float[] part = new float[neurons.length];
      IntStream.range(0, part.length).forEach(i -> part[i] = bias[neurons[i]]);
      hidden = biased(own + "_up", hidden, part);
    }
    int outputs = split.base().length;
    float[] second = new float[neurons.length * outputs];
    for (int i = 0; i < neurons.length; i++) {
      System.arraycopy(split.down()[neurons[i]], 0, second, i * outputs, outputs);
    }
    String active = activated(own, hidden);
    String product = product(own + "_down", active, second, neurons.length, outputs);
    return biased(own + "_down", product, split.added()[expert]);
  }

  private String product(String own, String rows, float[] weights, int inputs, int outputs)
      throws IOException {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDataType(ElementType.FLOAT.number())
            .addDims(inputs)
            .addDims(outputs)
            .build();
    String matrix = graph.addConstant(own + "_weight", model.attach(tensor, stored(weights)));
    return node("MatMul", graph.freshName(own), rows, matrix);
  }

  private String biased(String own, String value, float[] bias) {
    String constant = graph.addConstant(own + "_bias", tensor(List.of((long) bias.length), bias));
    return node("Add", graph.freshName(own + "_biased"), value, constant);
  }

  /** A copy of the activation. */
  private String activated(String own, String before) {
    Map<String, String> names = new HashMap<>(Map.of(block.before(), before));
    for (Node node : block.activation()) {
      names.put(node.output(0), graph.freshName(own + "_" + node.op()));
    }
    for (Node node : block.activation()) {
      NodeProto.Builder copy = node.proto().toBuilder().clearInput().clearOutput().clearName();
      node.inputs().forEach(input -> copy.addInput(names.getOrDefault(input, input)));
      String output = names.getOrDefault(node.output(0), "");
      graph.add(copy.addOutput(output).setName(output).build());
    }
    return names.getOrDefault(block.hidden(), "");
  }

  private FileSpan stored(float[] values) throws IOException {
    Path file = scratch.next();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer part = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
      for (int done = 0; done < values.length; done += part.limit() / Float.BYTES) {
        int floats = Math.min(part.capacity() / Float.BYTES, values.length - done);
        part.clear().asFloatBuffer().put(values, done, floats);
        part.limit(floats * Float.BYTES);
        while (part.hasRemaining()) {
          channel.write(part);
        }
      }
    }
    return new FileSpan(file, 0, (long) values.length * Float.BYTES);
  }

  private String flat() {
    return graph.addConstant(name + "_rows_shape", TensorValues.longs(-1, block.up().inputs()));
  }

  private String reshaped(String value, String shape) {
    return node("Reshape", graph.freshName(name + "_rows"), value, shape);
  }

  /** That of the input, its last dimension replaced. */
  private String shape(int outputs) {
    String all = node("Shape", graph.freshName(name + "_shape"), block.input());
    String from = graph.addConstant(name + "_from", TensorValues.longs(0));
    String to = graph.addConstant(name + "_to", TensorValues.longs(-1));
    String outer = node("Slice", graph.freshName(name + "_outer"), all, from, to);
    String last = graph.addConstant(name + "_outputs", TensorValues.longs(outputs));
    String shape = graph.freshName(name + "_output_shape");
    graph.add(NodeBuilder.of("Concat").inputs(outer, last).output(shape).with("axis", 0).build());
    return shape;
  }

  private String floats(String hint, List<Long> dims, float[] values) {
    return graph.addConstant(name + "_" + hint, tensor(dims, values));
  }

  private static TensorProto tensor(List<Long> dims, float[] values) {
    double[] wide = new double[values.length];
    IntStream.range(0, wide.length).forEach(i -> wide[i] = values[i]);
    return TensorValues.floats(dims, wide);
  }

  private String node(String operator, String output, String... inputs) {
    graph.add(NodeBuilder.of(operator).inputs(inputs).output(output).build());
    return output;
  }
}
