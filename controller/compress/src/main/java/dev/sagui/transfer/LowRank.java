/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Low-rank updates beside frozen matrices: y = W x + (alpha / rank) · B A x, where B is zero at the
 * start (Hu et al. 2022). Of MatMul, Gemm and Conv, whose A is a kernel of the same size and whose
 * B one of one pixel.
 *
 * @param net with the updates as nodes of their own; they alone are to be trained
 * @param updates in the order of the nodes
 */
record LowRank(OnnxModel net, List<Update> updates) {
  private static final int[] PRODUCT = {1};
  private static final String DOWN = ".lora_A";
  private static final String UP = ".lora_B";

  /**
   * One update.
   *
   * @param weight that it updates
   * @param inputs that the matrix takes; of a kernel channels times places
   * @param outputs that it gives
   * @param outputsFirst whether the matrix is [outputs, inputs], else [inputs, outputs]
   * @param down name of A, [inputs, rank] or as a kernel
   * @param up name of B, [rank, outputs] or as a kernel
   */
  record Update(
      String weight, int inputs, int outputs, boolean outputsFirst, String down, String up) {}

  /**
   * @param chosen names of the weights to update; those that are no matrices stay frozen
   * @param alpha factor of the update, times rank
   * @throws RejectedException UNSUPPORTED_MODEL when none of them is a matrix
   */
  static LowRank of(OnnxModel base, Set<String> chosen, int rank, double alpha, long seed) {
    Graph graph = new Graph(base);
    List<Update> updates = new ArrayList<>();
    for (Node node : graph.nodesInOrder()) {
      for (int input : RecurrentUpdate.takes(node) ? RecurrentUpdate.MATRICES : PRODUCT) {
        find(graph, node, input)
            .filter(weight -> chosen.contains(weight.getName()))
            .ifPresent(
                weight -> {
                  long own = seed + updates.size();
                  updates.add(add(graph, node, weight, rank, alpha, own));
                });
      }
    }
    if (updates.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "method lora updates MatMul, Gemm, Conv, LSTM and GRU, and none of the chosen layers of %s is"
                  .formatted(base.file())
              + " one; choose others or take method partial or full");
    }
    return new LowRank(
        base.with(base.proto().toBuilder().setGraph(graph.build()).build()), updates);
  }

  private static Optional<TensorProto> find(Graph graph, Node node, int input) {
    boolean recurrent = RecurrentUpdate.takes(node);
    boolean plain = graph.users(node.input(input)).size() == 1 && (recurrent || isProduct(node));
    return plain
        ? graph
            .constant(node.input(input))
            .filter(
                weight ->
                    node.is("Conv")
                        || weight.getDimsCount() == 2
                        || (recurrent && weight.getDims(0) == 1))
        : Optional.empty();
  }

  private static boolean isProduct(Node node) {
    return node.is("MatMul")
        || (node.is("Gemm") && node.integer("transA", 0) == 0)
        || (node.is("Conv") && node.integer("group", 1) == 1);
  }

  /** Whether a matrix is [outputs, inputs], by the node that uses it. */
  static boolean outputsFirst(Graph graph, String weight) {
    return graph.users(weight).stream().anyMatch(LowRank::takesOutputsFirst);
  }

  /** The axis of a weight's outputs. */
  static int outputsAxis(Graph graph, String weight) {
    boolean recurrent = graph.users(weight).stream().anyMatch(RecurrentUpdate::takes);
    return outputsFirst(graph, weight) && !recurrent ? 0 : 1;
  }

  private static boolean takesOutputsFirst(Node node) {
    return node.is("Conv")
        || RecurrentUpdate.takes(node)
        || (node.is("Gemm") && node.integer("transB", 0) == 1);
  }

  private static Update add(
      Graph graph, Node node, TensorProto weight, int rank, double alpha, long seed) {
    boolean first = takesOutputsFirst(node);
    boolean recurrent = RecurrentUpdate.takes(node);
    int outputs = Math.toIntExact(weight.getDims(first && !recurrent ? 0 : 1));
    int inputs = weight.getDimsList().stream().reduce(1L, (a, b) -> a * b).intValue() / outputs;
    String down = graph.freshName(weight.getName() + DOWN);
    String up = graph.freshName(weight.getName() + UP);
    Update update = new Update(weight.getName(), inputs, outputs, first, down, up);
    boolean rankFirst = recurrent || node.is("Conv");
    List<Long> kernel =
        recurrent ? List.of((long) inputs) : weight.getDimsList().subList(1, weight.getDimsCount());
    List<Long> pixel = Collections.nCopies(kernel.size() - 1, 1L);
    put(
        graph,
        down,
        rankFirst ? dims(List.of((long) rank), kernel) : List.of((long) inputs, (long) rank),
        uniform(inputs * rank, Math.sqrt(3.0 / inputs), seed));
    put(
        graph,
        up,
        rankFirst
            ? dims(List.of((long) outputs, (long) rank), pixel)
            : List.of((long) rank, (long) outputs),
        new double[outputs * rank]);
    if (recurrent) {
      RecurrentUpdate.add(graph, node, update, alpha / rank);
    } else {
      path(graph, node, update, scale(node, rank, alpha));
    }
    return update;
  }

  private static double scale(Node node, int rank, double alpha) {
    return alpha / rank * (node.is("Gemm") ? node.number("alpha", 1) : 1);
  }

  private static List<Long> dims(List<Long> first, List<Long> others) {
    List<Long> dims = new ArrayList<>(first);
    dims.addAll(others);
    return dims;
  }

  private static void put(Graph graph, String name, List<Long> dims, double[] values) {
    graph.put(TensorValues.floats(dims, values).toBuilder().setName(name).build());
  }

  private static double[] uniform(int count, double bound, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.doubles(count, -bound, bound).toArray();
  }

  /** The node's own result under another name, and the sum under the name that it had. */
  private static void path(Graph graph, Node node, Update update, double scale) {
    String result = node.output(0);
    String own = graph.freshName(result + "/frozen");
    String x = node.input(0);
    String narrow = graph.freshName(update.down());
    String wide = graph.freshName(update.up());
    String scaled = graph.freshName(update.up());
    graph.set(node, node.proto().toBuilder().setOutput(0, own).build());
    boolean conv = node.is("Conv");
    graph.add(
        conv
            ? node.proto().toBuilder()
                .clearName()
                .clearInput()
                .addAllInput(List.of(x, update.down()))
                .setOutput(0, narrow)
                .build()
            : NodeBuilder.of("MatMul").inputs(x, update.down()).nameless(narrow).build());
    graph.add(
        NodeBuilder.of(conv ? "Conv" : "MatMul")
            .inputs(narrow, update.up())
            .nameless(wide)
            .build());
    String factor =
        graph.addConstant("scale", TensorValues.floats(List.of(), new double[] {scale}));
    graph.add(NodeBuilder.of("Mul").inputs(wide, factor).nameless(scaled).build());
    graph.add(NodeBuilder.of("Add").inputs(own, scaled).nameless(result).build());
  }

  /** Whether a weight is part of an update. */
  boolean isTrained(String name) {
    return updates.stream().anyMatch(each -> each.down().equals(name) || each.up().equals(name));
  }

  /**
   * The updates as a file beside the base.
   *
   * @param base that they were made for
   * @param learnt this net after training
   * @param factor alpha / rank
   */
  Adapter adapter(OnnxModel base, OnnxModel learnt, double factor) throws IOException {
    Graph graph = new Graph(learnt);
    List<Adapter.Delta> deltas = new ArrayList<>();
    for (Update each : updates) {
      float[] a = values(learnt, graph, each.down());
      float[] b = values(learnt, graph, each.up());
      int rank = a.length / each.inputs();
      float[] down = isKernel(base, each) ? a : flipped(a, rank);
      float[] up = isKernel(base, each) ? b : flipped(b, each.outputs());
      for (int i = 0; i < up.length; i++) {
        up[i] *= (float) factor;
      }
      deltas.add(
          new Adapter.Delta(
              each.weight(), each.inputs(), each.outputs(), each.outputsFirst(), down, up));
    }
    return Adapter.of(base, deltas);
  }

  private static boolean isKernel(OnnxModel base, Update update) {
    return new Graph(base).constant(update.weight()).orElseThrow().getDimsCount() > 2;
  }

  private static float[] values(OnnxModel model, Graph graph, String name) throws IOException {
    return TensorValues.floats(model, graph.constant(name).orElseThrow());
  }

  /** [rows, columns] as [columns, rows]. */
  private static float[] flipped(float[] matrix, int columns) {
    float[] flipped = new float[matrix.length];
    int rows = matrix.length / columns;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        flipped[j * rows + i] = matrix[i * columns + j];
      }
    }
    return flipped;
  }
}
