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
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.Parallel;
import dev.sagui.onnx.PlainInitializers;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorSize;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stores float32 weights in fewer bits; the model computes in float32 as before.
 *
 * <p>Each weight W becomes {@code W_int8 → Cast → Mul(W_scale) → W}, or {@code W_fp16 → Cast → W}:
 * patterns that ONNX Runtime folds at load for Conv, ConvTranspose, Gemm, MatMul and Gather, so
 * that latency and memory are those of float32. Weights under {@value #MIN_ELEMENTS} elements stay
 * as they are, and biases but for int4. Memory is bounded by a block of a weight.
 */
public final class WeightStore {
  static final int MIN_ELEMENTS = 256;

  /** Mul broadcasts, and Cast takes a number, from here on. */
  private static final long FIRST_OPSET = 7;

  /** Cast takes int4 from here on. */
  static final int INT4_OPSET = 21;

  /** Below this on the samples, some layers get a fifth bit. */
  private static final double GOOD_SQNR_DB = 25;

  private final OnnxModel model;
  private final StoreFormat format;
  private final Progress progress;
  private final long totalBytes;
  private final List<StoredWeight> weights = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> last = new HashSet<>();
  private final Map<String, PackedWeight> rounded = new HashMap<>();
  private int fresh;
  private long doneBytes;

  private WeightStore(OnnxModel model, StoreFormat format, Progress progress) {
    this.model = model;
    this.format = format;
    this.progress = progress;
    this.totalBytes =
        Math.max(
            1, model.facts().weights().values().stream().mapToLong(amount -> amount.bytes()).sum());
  }

  /**
   * Reads each weight once for its range; the stored bytes are computed when the model is written.
   *
   * @throws RejectedException UNSUPPORTED_MODEL for opsets before 7, and for int4 when the model
   *     cannot move to opset 21
   */
  public static StoredModel apply(OnnxModel model, StoreFormat format, Progress progress)
      throws IOException {
    return format == StoreFormat.INT4
        ? int4(OpsetUpgrade.to(model, INT4_OPSET), Map.of(), progress)
        : new WeightStore(model, format, progress).apply();
  }

  /**
   * The same with samples that say what each layer sees: int4 weights are rounded so that outputs
   * change least, and the layers with the largest errors get a fifth bit where outputs are below
   * {@value #GOOD_SQNR_DB} dB on the samples all the same. Other formats need no samples.
   *
   * @param scratch lives until the model is written
   * @param threads of ONNX Runtime
   * @throws RejectedException as the other, and as {@link dev.sagui.run.Taps#forEach}
   */
  public static StoredModel apply(
      OnnxModel model,
      StoreFormat format,
      Optional<Samples> samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    if (format != StoreFormat.INT4 || samples.isEmpty()) {
      return apply(model, format, progress);
    }
    OnnxModel ready = OpsetUpgrade.to(model, INT4_OPSET);
    Int4Rounding rounding = new Int4Rounding(ready, samples.get(), scratch, threads);
    rounding.round(last(ready), progress);
    StoredModel result = int4(ready, rounding.packed(), progress);
    boolean poor = Fidelity.sqnrDb(ready, result.model(), samples.get(), threads) < GOOD_SQNR_DB;
    return poor && rounding.widen(progress) ? int4(ready, rounding.packed(), progress) : result;
  }

  private static StoredModel int4(
      OnnxModel ready, Map<String, PackedWeight> rounded, Progress progress) throws IOException {
    WeightStore store = new WeightStore(ready, StoreFormat.INT4, progress);
    store.last.addAll(last(ready));
    store.rounded.putAll(rounded);
    return store.apply();
  }

  private static Set<String> last(OnnxModel model) {
    return LastLayers.of(PlainInitializers.of(model.proto()).getGraph());
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
    dev.sagui.onnx.GraphWalk.nodes(graph).forEach(node -> names.addAll(node.getOutputList()));
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
    for (int i = 0; i < packed.size(); i++) {
      store(graph.getInitializer(i), packed.get(i), builder);
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
    boolean bias = format == StoreFormat.INT4 && tensor.getDimsCount() == 1 && uses.isBias(tensor);
    if (tensor.getDataType() != ElementType.FLOAT.number()
        || (tensor.getDimsCount() < 2 && !bias)
        || TensorSize.elements(tensor) < MIN_ELEMENTS) {
      return Optional.empty();
    }
    PackedWeight packed =
        overridable ? PackedWeight.left("a caller may override it") : form(tensor, bias, uses);
    read(TensorSize.elements(tensor) * Float.BYTES);
    return Optional.of(packed);
  }

  private synchronized void read(long bytes) {
    doneBytes += bytes;
    progress.at("read weights", Math.min(1.0, (double) doneBytes / totalBytes));
  }

  private void store(TensorProto tensor, Optional<PackedWeight> found, GraphProto.Builder graph) {
    if (found.isEmpty()) {
      graph.addInitializer(tensor);
      return;
    }
    PackedWeight packed = found.get();
    long bytes = TensorSize.elements(tensor) * Float.BYTES;
    if (packed.reason().isEmpty()) {
      packed.into(graph, model, tensor, this::fresh);
    } else {
      graph.addInitializer(tensor);
    }
    long after = packed.reason().isEmpty() ? packed.bytes() : bytes;
    weights.add(new StoredWeight(tensor.getName(), bytes, after, packed.reason()));
  }

  private PackedWeight form(TensorProto tensor, boolean bias, WeightUses uses) throws IOException {
    if (bias) {
      return PackedWeight.half(model.payload(tensor));
    }
    PackedWeight found = rounded.get(tensor.getName());
    StoreFormat own = last.contains(tensor.getName()) ? StoreFormat.INT8 : format;
    return found == null ? PackedWeight.of(model, tensor, own, uses) : found;
  }

  private String fresh() {
    String name;
    do {
      name = "q" + fresh++;
    } while (!names.add(name));
    return name;
  }
}
