/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fuzz;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Tensors and shapes that are not what they say. */
final class TensorMutations {
  static final Map<String, FuzzCorpus.GraphMutation> ALL = new TreeMap<>();

  static {
    tensor("tensor of huge dimensions", (t, r) -> t.addDims(1L << 40).addDims(1L << 40));
    tensor("tensor of many elements", (t, r) -> t.addDims(100_000).addDims(100_000));
    tensor("tensor of a negative dimension", (t, r) -> t.addDims(-1));
    tensor("tensor of no elements", (t, r) -> t.addDims(0));
    tensor("tensor of nothing", (t, r) -> data(t).clearDims().addDims(0));
    tensor("tensor of one element less", (t, r) -> t.setRawData(cut(t.getRawData())));
    tensor("tensor of another type", (t, r) -> t.setDataType(r.nextInt(28)));
    tensor("tensor of unknown type", (t, r) -> t.setDataType((int) GraphMutations.odd(r)));
    tensor("tensor of strings", (t, r) -> data(t).setDataType(8));
    tensor("tensor not utf8", (t, r) -> t.setNameBytes(ByteString.copyFrom(new byte[] {-1, -2})));
    tensor("tensor without a name", (t, r) -> t.clearName());
    tensor("tensor of random data", (t, r) -> t.setRawData(random(t.getRawData(), r)));
    tensor("tensor with a marker", (t, r) -> external(t, "dev.sagui.payload", "" + r.nextInt(3)));
    tensor("tensor in two places", (t, r) -> t.addFloatData(1).addInt64Data(1));
    tensor("data absent", (t, r) -> located(t, "absent.bin", "0", ""));
    tensor("data short", (t, r) -> located(t, "short.bin", "0", ""));
    tensor("data looping", (t, r) -> located(t, "loop.bin", "0", ""));
    tensor("data outside", (t, r) -> located(t, "../../../../etc/passwd", "0", "16"));
    tensor("data a folder", (t, r) -> located(t, ".", "0", "16"));
    tensor("data the model itself", (t, r) -> located(t, "model.onnx", "0", "16"));
    tensor("data behind the end", (t, r) -> located(t, "short.bin", "9000000000000000000", "16"));
    tensor("data of odd length", (t, r) -> located(t, "short.bin", "1", "" + Long.MAX_VALUE));
    tensor("data no number", (t, r) -> located(t, "short.bin", "0x", "16"));
    graph("tensor twice", (g, r) -> g.addAllInitializer(g.build().getInitializerList()));
    graph("tensor made by a node", TensorMutations::shadowed);
    graph("tensor sparse", TensorMutations::sparse);
    graph("shape huge", (g, r) -> inputs(g, 1L << 40, 2));
    graph("shape large", (g, r) -> inputs(g, 60_000, 2));
    graph("shape negative", (g, r) -> inputs(g, -7, 1));
    graph("shape of many dimensions", (g, r) -> inputs(g, 2, 70));
    graph("shape none", (g, r) -> g.getInputBuilderList().forEach(i -> i.clearType()));
    graph("shape of outputs wrong", TensorMutations::outputs);
    graph("constant without value", (g, r) -> constant(g, NodeProto.newBuilder().addOutput("k")));
    graph("constant without output", (g, r) -> constant(g, NodeProto.newBuilder()));
    graph("values huge", (g, r) -> grown(g, "ConstantOfShape", 1L << 20));
    graph("values too huge", (g, r) -> grown(g, "ConstantOfShape", 1L << 40));
    graph("values expanded", (g, r) -> grown(g, "Expand", 1L << 20));
  }

  private TensorMutations() {}

  private static void graph(String name, BiConsumer<GraphProto.Builder, Random> change) {
    ALL.put(
        name,
        (model, random) -> {
          ModelProto.Builder builder = model.toBuilder();
          change.accept(builder.getGraphBuilder(), random);
          return builder.build();
        });
  }

  /** Of an initializer; a graph that has none gets one that its last node takes. */
  private static void tensor(String name, BiConsumer<TensorProto.Builder, Random> change) {
    graph(
        name,
        (graph, random) -> {
          if (graph.getInitializerCount() == 0) {
            graph.addInitializer(longs("made", 1));
            graph.getNodeBuilder(graph.getNodeCount() - 1).addInput("made");
          }
          int index = random.nextInt(graph.getInitializerCount());
          change.accept(graph.getInitializerBuilder(index), random);
        });
  }

  private static TensorProto longs(String name, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(7)
        .addDims(values.length)
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }

  private static TensorProto.Builder data(TensorProto.Builder tensor) {
    return tensor.clearRawData().clearFloatData().clearInt64Data().clearInt32Data();
  }

  private static ByteString cut(ByteString bytes) {
    return bytes.isEmpty() ? ByteString.copyFrom(new byte[3]) : bytes.substring(1);
  }

  private static ByteString random(ByteString bytes, Random random) {
    byte[] out = new byte[bytes.size()];
    random.nextBytes(out);
    return ByteString.copyFrom(out);
  }

  private static void external(TensorProto.Builder tensor, String key, String value) {
    tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }

  private static void located(
      TensorProto.Builder tensor, String file, String offset, String length) {
    data(tensor).setDataLocation(TensorProto.DataLocation.EXTERNAL);
    external(tensor, "location", file);
    external(tensor, "offset", offset);
    if (!length.isEmpty()) {
      external(tensor, "length", length);
    }
  }

  private static void shadowed(GraphProto.Builder graph, Random random) {
    NodeProto node = graph.getNode(random.nextInt(graph.getNodeCount()));
    if (node.getOutputCount() > 0) {
      graph.addInitializer(longs(node.getOutput(0), 1, 2, 3));
    }
  }

  private static void sparse(GraphProto.Builder graph, Random random) {
    graph.addSparseInitializer(
        SparseTensorProto.newBuilder()
            .setValues(longs("sparse", 4, 5))
            .setIndices(longs("", 0, GraphMutations.odd(random)))
            .addDims(GraphMutations.odd(random)));
    graph.getNodeBuilder(0).addInput("sparse");
  }

  private static void inputs(GraphProto.Builder graph, long dimension, int count) {
    for (ValueInfoProto.Builder input : graph.getInputBuilderList()) {
      TypeProto.Tensor.Builder type = input.getTypeBuilder().getTensorTypeBuilder();
      type.clearShape();
      for (int i = 0; i < count; i++) {
        type.getShapeBuilder().addDimBuilder().setDimValue(dimension);
      }
    }
  }

  private static void outputs(GraphProto.Builder graph, Random random) {
    for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
      output
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .setElemType(random.nextInt(20))
          .getShapeBuilder()
          .addDimBuilder()
          .setDimValue(GraphMutations.odd(random));
    }
  }

  private static void constant(GraphProto.Builder graph, NodeProto.Builder node) {
    graph.addNode(0, node.setOpType("Constant"));
    graph.getNodeBuilder(graph.getNodeCount() - 1).addInput("k");
  }

  /** Constants that a runtime would make at load: {@code side} by {@code side}. */
  private static void grown(GraphProto.Builder graph, String operator, long side) {
    graph.addInitializer(longs("side", side, side)).addInitializer(longs("one", 1));
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).addOutput("grown");
    if (operator.equals("Expand")) {
      node.addInput("one");
    }
    graph.addNode(0, node.addInput("side"));
    graph.addNode(NodeProto.newBuilder().setOpType("ReduceSum").addInput("grown").addOutput("sum"));
    graph.addOutput(ValueInfoProto.newBuilder().setName("sum"));
  }
}
