/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.GraphWalk;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Parallel;
import dev.sagui.onnx.PlainInitializers;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes a model's float32 weights in other forms, nested graphs included. */
final class StoredGraph {
  static final int MIN_ELEMENTS = 256;

  /** Mul broadcasts, and Cast takes a number, from here on. */
  private static final long FIRST_OPSET = 7;

  /** The form of each weight; asked from any thread. */
  @FunctionalInterface
  interface Forms {
    /** Empty for a weight that is no matter of this, and goes unreported. */
    Optional<PackedWeight> of(TensorProto tensor, WeightUses uses) throws IOException;
  }

  private final OnnxModel model;
  private final boolean biases;
  private final Forms forms;
  private final Progress progress;
  private final long totalBytes;
  private final List<StoredWeight> weights = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int fresh;
  private long doneBytes;

  private StoredGraph(OnnxModel model, boolean biases, Forms forms, Progress progress) {
    this.model = model;
    this.biases = biases;
    this.forms = forms;
    this.progress = progress;
    this.totalBytes =
        Math.max(
            1, model.facts().weights().values().stream().mapToLong(amount -> amount.bytes()).sum());
  }

  /**
   * @param biases whether large ones are asked for too
   * @throws RejectedException UNSUPPORTED_MODEL for opsets before 7
   */
  static StoredModel of(OnnxModel model, boolean biases, Forms forms, Progress progress)
      throws IOException {
    return new StoredGraph(model, biases, forms, progress).apply();
  }

  private StoredModel apply() throws IOException {
    model.proto().getOpsetImportList().stream()
        .filter(opset -> opset.getDomain().isEmpty() && opset.getVersion() < FIRST_OPSET)
        .forEach(opset -> refuse(opset.getVersion()));
    ModelProto proto = PlainInitializers.of(model.proto());
    collectNames(proto.getGraph());
    GraphProto stored = graph(proto.getGraph(), new WeightUses(proto.getGraph()));
    return new StoredModel(model.with(proto.toBuilder().setGraph(stored).build()), weights);
  }

  private static void refuse(long opset) {
    throw new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "expected opset %d or later, found %d; convert the model first"
            .formatted(FIRST_OPSET, opset));
  }

  private void collectNames(GraphProto graph) {
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getInputList().forEach(input -> names.add(input.getName()));
    GraphWalk.nodes(graph).forEach(node -> names.addAll(node.getOutputList()));
  }

  private GraphProto graph(GraphProto original, WeightUses uses) throws IOException {
    GraphProto graph = PlainInitializers.hoisted(original);
    Set<String> overridable = new HashSet<>();
    graph.getInputList().stream().map(ValueInfoProto::getName).forEach(overridable::add);
    GraphProto.Builder builder = graph.toBuilder().clearInitializer().clearNode();
    List<Optional<PackedWeight>> packed =
        Parallel.map(
            graph.getInitializerList(),
            tensor -> packed(tensor, overridable.contains(tensor.getName()), uses));
    Decoding decoding = new Decoding(builder, model, this::fresh);
    for (int i = 0; i < packed.size(); i++) {
      store(graph.getInitializer(i), packed.get(i), builder, decoding);
    }
    for (NodeProto node : graph.getNodeList()) {
      builder.addNode(node(node, uses));
    }
    return builder.build();
  }

  private NodeProto node(NodeProto node, WeightUses uses) throws IOException {
    NodeProto.Builder builder = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.hasG() || attribute.getGraphsCount() > 0) {
        builder.setAttribute(i, attribute(attribute, uses));
      }
    }
    return builder.build();
  }

  private AttributeProto attribute(AttributeProto attribute, WeightUses uses) throws IOException {
    AttributeProto.Builder builder = attribute.toBuilder();
    if (attribute.hasG()) {
      builder.setG(graph(attribute.getG(), uses));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      builder.setGraphs(i, graph(attribute.getGraphs(i), uses));
    }
    return builder.build();
  }

  /** Reads a weight, and edits nothing; empty for what is no weight, or is small. Any thread. */
  private Optional<PackedWeight> packed(TensorProto tensor, boolean overridable, WeightUses uses)
      throws IOException {
    boolean bias = biases && tensor.getDimsCount() == 1 && uses.isBias(tensor);
    if (tensor.getDataType() != ElementType.FLOAT.number()
        || (tensor.getDimsCount() < 2 && !bias)
        || TensorSize.elements(tensor) < MIN_ELEMENTS) {
      return Optional.empty();
    }
    Optional<PackedWeight> packed =
        overridable
            ? Optional.of(PackedWeight.left("a caller may override it"))
            : forms.of(tensor, uses);
    read(TensorSize.elements(tensor) * Float.BYTES);
    return packed;
  }

  private synchronized void read(long bytes) {
    doneBytes += bytes;
    progress.at("read weights", Math.min(1.0, (double) doneBytes / totalBytes));
  }

  private void store(
      TensorProto tensor,
      Optional<PackedWeight> found,
      GraphProto.Builder graph,
      Decoding decoding) {
    if (found.isEmpty() || !found.get().reason().isEmpty()) {
      graph.addInitializer(tensor);
    } else {
      found.get().into(decoding, tensor);
    }
    found.ifPresent(packed -> weights.add(stored(tensor, packed)));
  }

  private static StoredWeight stored(TensorProto tensor, PackedWeight packed) {
    long bytes = TensorSize.elements(tensor) * Float.BYTES;
    long after = packed.reason().isEmpty() ? packed.bytes() : bytes;
    return new StoredWeight(tensor.getName(), packed.format(), bytes, after, packed.reason());
  }

  private String fresh() {
    String name;
    do {
      name = "q" + fresh++;
    } while (!names.add(name));
    return name;
  }
}
