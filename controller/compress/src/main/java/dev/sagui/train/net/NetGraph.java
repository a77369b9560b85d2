/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.net;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph of opset 17 in the making, whose weights have names. A weight's first values follow
 * from the seed and its name alone, so that two nets with a layer in common begin with the same
 * layer.
 */
public class NetGraph {
  /** A free dimension that is called batch. */
  public static final long BATCH = -1;

  /** A free dimension that is called length. */
  public static final long LENGTH = -2;

  private static final int OPSET = 17;
  private static final int IR = 8;

  private final long seed;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, List<Long>> trained = new LinkedHashMap<>();
  private final Map<String, List<Long>> state = new LinkedHashMap<>();
  private final Map<String, String> renewed = new LinkedHashMap<>();
  private final Map<String, String> constants = new HashMap<>();
  private int unnamed;

  NetGraph(long seed) {
    this.seed = seed;
  }

  /**
   * An input.
   *
   * @param shape with {@link #BATCH} and {@link #LENGTH} where it is free
   */
  public String input(String name, ElementType type, long... shape) {
    graph.addInput(info(name, type, shape));
    return name;
  }

  /** Makes a value an output, after those there are. */
  public void output(String value, ElementType type, long... shape) {
    graph.addOutput(info(value, type, shape));
  }

  private static ValueInfoProto info(String name, ElementType type, long... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (long size : shape) {
      TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
      dims.addDim(
          size >= 0 ? dim.setDimValue(size) : dim.setDimParam(size == BATCH ? "batch" : "length"));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(dims)))
        .build();
  }

  /** A weight that training changes. */
  public String weight(String name, Start start, long... shape) {
    return parameter(trained, name, start, shape);
  }

  /** Numbers that a training step renews without a gradient. */
  public String state(String name, Start start, long... shape) {
    return parameter(state, name, start, shape);
  }

  private String parameter(Map<String, List<Long>> kind, String name, Start start, long... shape) {
    List<Long> dims = Arrays.stream(shape).boxed().toList();
    kind.put(name, dims);
    initializer(name, TensorValues.floats(dims, start.values(seed, name, dims)));
    return name;
  }

  private void initializer(String name, TensorProto tensor) {
    graph.addInitializer(tensor.toBuilder().setName(name));
  }

  /** A float32 scalar, shared by all who use it. */
  public String scalar(double value) {
    return constant("scalar " + value, TensorValues.floats(List.of(), new double[] {value}));
  }

  /** An int64 vector, shared by all who use it. */
  public String longs(long... values) {
    return constant("longs " + Arrays.toString(values), TensorValues.longs(values));
  }

  /**
   * A tensor that nothing changes, made once.
   *
   * @param key that no other constant has
   */
  public String constant(String key, TensorProto tensor) {
    return constants.computeIfAbsent(
        key,
        k -> {
          String name = "constant" + constants.size();
          initializer(name, tensor);
          return name;
        });
  }

  /** The value of an operator. */
  public String node(String operator, String... inputs) {
    return node(NodeBuilder.of(operator).inputs(inputs));
  }

  /** The one value of a node in the making. */
  public String node(NodeBuilder node) {
    unnamed++;
    return named("v" + unnamed, node);
  }

  /** The same under a name, for outputs. */
  public String named(String name, NodeBuilder node) {
    graph.addNode(node.nameless(name).build());
    return name;
  }

  /** All values of a node with several, its outputs named by the caller. */
  public void add(NodeBuilder node) {
    graph.addNode(node.build());
  }

  /** Says what a state becomes after a step. */
  public void renew(String state, String next) {
    renewed.put(state, next);
  }

  /** The values that state takes after a step, by its name. */
  public Map<String, String> renewed() {
    return new LinkedHashMap<>(renewed);
  }

  /** Shapes by name of what training changes by a gradient. */
  public Map<String, List<Long>> trained() {
    return new LinkedHashMap<>(trained);
  }

  /** Shapes by name of what training renews otherwise. */
  public Map<String, List<Long>> state() {
    return new LinkedHashMap<>(state);
  }

  /**
   * The model as it stands.
   *
   * @param metadata facts that travel with it, by key
   */
  public OnnxModel build(String name, Map<String, String> metadata) {
    List<StringStringEntryProto> entries = new ArrayList<>();
    metadata.forEach(
        (key, value) ->
            entries.add(StringStringEntryProto.newBuilder().setKey(key).setValue(value).build()));
    return OnnxModel.made(
        name,
        ModelProto.newBuilder()
            .setIrVersion(IR)
            .setProducerName("sagui")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(graph.build().toBuilder().setName(name))
            .addAllMetadataProps(entries)
            .build());
  }
}
