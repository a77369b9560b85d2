/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Computes, by ONNX Runtime, what depends on constants alone. A result that would take more bytes
 * than what it is made from stays as it is: that undoes no compact form of weights, and keeps the
 * file from growing.
 */
final class ConstantFolding implements Pass {
  /** Results of this size are kept whatever they are made from. */
  private static final long SMALL_BYTES = 1024;

  /** What is computed in one go, so that memory stays bounded. */
  private static final long BATCH_BYTES = 16 << 20;

  private static final long MAX_RESULT_BYTES = 64 << 20;

  /** Their results stay in the message. */
  private static final int MAX_INLINE_BYTES = 1024;

  /** Deliberately between stored and computed weights, and left to the runtime. */
  private static final Set<String> KEPT = Set.of("DequantizeLinear", "Constant");

  @Override
  public String name() {
    return "fold-constants";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    int folded = 0;
    List<Node> batch = new ArrayList<>();
    Set<String> made = new LinkedHashSet<>();
    long bytes = 0;
    for (Node node : bench.graph().nodes()) {
      if (!isFoldable(bench, node, made)) {
        continue;
      }
      long cost = inputBytes(bench, node) + outputBytes(bench, node).orElse(0);
      if (bytes + cost > BATCH_BYTES && !batch.isEmpty()) {
        folded += compute(bench, batch, made);
        batch.clear();
        made.clear();
        bytes = 0;
      }
      if (isFoldable(bench, node, made)) {
        batch.add(node);
        made.addAll(node.outputs());
        bytes += cost;
      }
    }
    return folded + (batch.isEmpty() ? 0 : compute(bench, batch, made));
  }

  private static boolean isFoldable(Bench bench, Node node, Set<String> made) {
    Graph graph = bench.graph();
    if (!Operators.isPure(node) || KEPT.contains(node.op()) || node.inputs().isEmpty()) {
      return false;
    }
    for (String input : node.inputs()) {
      if (!input.isEmpty() && !made.contains(input) && graph.constant(input).isEmpty()) {
        return false;
      }
    }
    OptionalLong size = outputBytes(bench, node);
    return size.isPresent()
        && size.getAsLong() <= MAX_RESULT_BYTES
        && (size.getAsLong() < SMALL_BYTES || size.getAsLong() <= freedBytes(bench, node))
        && node.outputs().stream().noneMatch(output -> output.isEmpty() || graph.isOutput(output));
  }

  private static long inputBytes(Bench bench, Node node) {
    return node.inputs().stream().mapToLong(input -> bytes(bench, input)).sum();
  }

  /** Of inputs that nothing else needs; a tied embedding stays beside what is made of it. */
  private static long freedBytes(Bench bench, Node node) {
    return node.inputs().stream()
        .filter(
            input ->
                bench.graph().constant(input).isEmpty() || bench.graph().users(input).size() < 2)
        .mapToLong(input -> bytes(bench, input))
        .sum();
  }

  private static long bytes(Bench bench, String input) {
    return bench
        .graph()
        .constant(input)
        .map(tensor -> bench.model().payload(tensor).bytes())
        .orElseGet(() -> bench.types().bytes(input).orElse(0));
  }

  /** A scalar's shape is not inferred: it may be unknown, and then the operator must not grow. */
  private static OptionalLong outputBytes(Bench bench, Node node) {
    long sum = 0;
    for (String output : node.outputs()) {
      if (bench.types().type(output).served().isEmpty()) {
        return OptionalLong.empty();
      }
      OptionalLong bytes = bench.types().bytes(output);
      if (bytes.isEmpty() && !Operators.givesAtMostItsInput(node)) {
        return OptionalLong.empty();
      }
      sum += bytes.orElse(0);
    }
    return OptionalLong.of(sum);
  }

  private static int compute(Bench bench, List<Node> batch, Set<String> made) throws IOException {
    List<Tensor> results;
    try (TemporaryModel model = TemporaryModel.of(model(bench, batch, made));
        OrtModel session = OrtModel.open(model.file(), 1)) {
      results = session.run(List.of());
    } catch (RejectedException e) {
      return 0; // what the runtime cannot compute now, it may not need to compute at all
    }
    for (Tensor result : results) {
      bench.graph().put(tensor(bench, result));
    }
    batch.forEach(bench.graph()::remove);
    return batch.size();
  }

  /** A model of the batch alone, with all that it makes as outputs. */
  private static OnnxModel model(Bench bench, List<Node> batch, Set<String> made) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("constants");
    Set<String> constants = new LinkedHashSet<>();
    for (Node node : batch) {
      graph.addNode(node.proto());
      node.inputs().stream()
          .filter(input -> !input.isEmpty() && !made.contains(input))
          .forEach(constants::add);
    }
    constants.forEach(name -> graph.addInitializer(bench.graph().constant(name).orElseThrow()));
    made.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    ModelProto proto = bench.model().proto().toBuilder().setGraph(graph).build();
    return bench.model().with(proto);
  }

  private static TensorProto tensor(Bench bench, Tensor result) throws IOException {
    ElementType type = ElementType.of(result.type());
    if (result.data().remaining() <= MAX_INLINE_BYTES) {
      return TensorValues.raw(type, result.shape(), ByteString.copyFrom(result.data())).toBuilder()
          .setName(result.name())
          .build();
    }
    Path file = bench.scratch().next();
    try (var channel =
        Files.newByteChannel(
            file,
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE)) {
      var data = result.data();
      while (data.hasRemaining()) {
        channel.write(data);
      }
    }
    TensorProto empty = TensorValues.raw(type, result.shape(), ByteString.EMPTY);
    return bench.model().attach(empty, new FileSpan(file, 0, Files.size(file))).toBuilder()
        .setName(result.name())
        .build();
  }
}
