/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.PlainInitializers;
import dev.sagui.onnx.TemporaryModel;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Types and shapes of a graph's values by the rules of ONNX, as ONNX Runtime applies them when it
 * loads the model: each value is made an output without a type, and the runtime fills in the type.
 * Weights are not read: those that cannot tell a shape are declared as inputs.
 */
public final class InferredTypes {
  /** Shapes, axes and the like are shorter. */
  private static final long MAX_TELLING_BYTES = 1024;

  private static final String TYPE_PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private final Map<String, TypeProto.Tensor> values;

  private InferredTypes(Map<String, TypeProto.Tensor> values) {
    this.values = values;
  }

  /** UNKNOWN when nothing tells. */
  public ElementType type(String value) {
    TypeProto.Tensor known = values.get(value);
    return known == null ? ElementType.UNKNOWN : ElementType.of(known.getElemType());
  }

  /** The dimensions, −1 for one that is free; empty when not even their number is known. */
  public Optional<List<Long>> shape(String value) {
    TypeProto.Tensor known = values.get(value);
    return known == null || !known.hasShape()
        ? Optional.empty()
        : Optional.of(
            known.getShape().getDimList().stream()
                .map(d -> d.hasDimValue() ? d.getDimValue() : -1)
                .toList());
  }

  /** The dimensions when all are fixed. */
  public Optional<List<Long>> fixedShape(String value) {
    return shape(value).filter(dims -> dims.stream().allMatch(d -> d >= 0));
  }

  /** Bytes of a value whose shape is fixed. */
  public OptionalLong bytes(String value) {
    Optional<List<Long>> dims = fixedShape(value);
    if (dims.isEmpty()) {
      return OptionalLong.empty();
    }
    double elements = dims.get().stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    return OptionalLong.of((long) Math.ceil(elements * type(value).bits() / 8));
  }

  /** What the file itself declares, where ONNX Runtime does not load the graph. */
  public static InferredTypes of(OnnxModel model) throws IOException {
    Map<String, TypeProto.Tensor> known = new HashMap<>();
    OnnxModel plain = model.with(PlainInitializers.of(model.proto()));
    add(plain.graph(), known);
    infer(plain, known);
    for (TensorProto tensor : plain.graph().getInitializerList()) {
      known.put(tensor.getName(), declaration(tensor));
    }
    return new InferredTypes(known);
  }

  private static void add(GraphProto graph, Map<String, TypeProto.Tensor> known) {
    graph.getInputList().forEach(info -> add(info, known));
    graph.getValueInfoList().forEach(info -> add(info, known));
    graph.getOutputList().forEach(info -> add(info, known));
  }

  private static void add(ValueInfoProto info, Map<String, TypeProto.Tensor> known) {
    if (info.getType().hasTensorType() && info.getType().getTensorType().getElemType() != 0) {
      known.put(info.getName(), info.getType().getTensorType());
    }
  }

  private static void infer(OnnxModel model, Map<String, TypeProto.Tensor> known)
      throws IOException {
    try (TemporaryModel light = TemporaryModel.of(model.with(light(model)));
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(light.file().toString(), options)) {
        session.getOutputInfo().forEach((name, info) -> add(name, info, known));
      }
    } catch (OrtException e) {
      // not a graph that the runtime knows: what the file declares is all that is known
    }
  }

  private static void add(String name, NodeInfo node, Map<String, TypeProto.Tensor> known) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      return;
    }
    String type = info.onnxType.name().substring(TYPE_PREFIX.length());
    TypeProto.Tensor.Builder found =
        TypeProto.Tensor.newBuilder()
            .setElemType(type.equals("UNDEFINED") ? 0 : ElementType.valueOf(type).number());
    if (info.getShape().length > 0) { // a scalar and an unknown rank look the same
      found.setShape(shape(info));
    }
    if (found.hasShape() || !known.containsKey(name)) {
      known.put(name, found.build());
    }
  }

  private static TensorShapeProto shape(TensorInfo info) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dimension : info.getShape()) {
      TensorShapeProto.Dimension.Builder each = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(dimension < 0 ? each : each.setDimValue(dimension));
    }
    return shape.build();
  }

  private static ModelProto light(OnnxModel model) {
    GraphProto graph = model.graph();
    Set<String> declared =
        graph.getInputList().stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
    Set<String> ends =
        graph.getOutputList().stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
    GraphProto.Builder builder = graph.toBuilder().clearInitializer();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (model.payload(tensor).bytes() <= MAX_TELLING_BYTES) {
        builder.addInitializer(tensor);
      } else if (!declared.contains(tensor.getName())) {
        builder.addInput(
            ValueInfoProto.newBuilder()
                .setName(tensor.getName())
                .setType(TypeProto.newBuilder().setTensorType(declaration(tensor))));
      }
    }
    graph.getNodeList().stream()
        .flatMap(node -> node.getOutputList().stream())
        .filter(value -> !value.isEmpty() && !ends.contains(value))
        .forEach(value -> builder.addOutput(ValueInfoProto.newBuilder().setName(value)));
    return model.proto().toBuilder().setGraph(builder).build();
  }

  private static TypeProto.Tensor declaration(TensorProto tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    tensor
        .getDimsList()
        .forEach(d -> shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d)));
    return TypeProto.Tensor.newBuilder().setElemType(tensor.getDataType()).setShape(shape).build();
  }
}
