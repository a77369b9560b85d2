/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Products of dynamic int8 with their int8 weights as uint8 around 128: the same sums, by x86
 * kernels that widen both bytes to int16 (MLAS's U8U8) and so cannot saturate.
 */
final class UnsignedWeights {
  private static final byte MIDDLE = (byte) 128;

  /** Nodes that move values and compute none. */
  private static final Set<String> MOVES =
      Set.of("Transpose", "Gather", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  /** Where an operator has a weight and its zero point. */
  private record Operand(int weight, int zeroPoint) {}

  private static final Map<String, List<Operand>> OPERATORS =
      Map.of(
          "MatMulInteger", List.of(new Operand(1, 3)),
          "MatMulIntegerToFloat", List.of(new Operand(1, 5)),
          "DynamicQuantizeMatMul", List.of(new Operand(1, 3)),
          "DynamicQuantizeLSTM", List.of(new Operand(1, 9), new Operand(2, 11)),
          "QAttention", List.of(new Operand(1, 7)));

  private final OnnxModel model;
  private final Graph graph;
  private final Map<String, String> unsigned = new HashMap<>();

  private UnsignedWeights(OnnxModel model) {
    this.model = model;
    this.graph = new Graph(model);
  }

  /** The same model if it has no such products. */
  static OnnxModel in(OnnxModel model) {
    UnsignedWeights edit = new UnsignedWeights(model);
    edit.graph.nodes().forEach(edit::edit);
    boolean changed = edit.unsigned.entrySet().stream().anyMatch(e -> isNew(e));
    return changed
        ? model.with(model.proto().toBuilder().setGraph(edit.graph.build()).build())
        : model;
  }

  private static boolean isNew(Map.Entry<String, String> entry) {
    return !entry.getKey().equals(entry.getValue());
  }

  private void edit(Node node) {
    NodeProto edited = edited(node.proto());
    if (!edited.equals(node.proto())) {
      graph.set(node, edited);
    }
  }

  private NodeProto edited(NodeProto node) {
    NodeProto.Builder edited = node.toBuilder();
    for (Operand operand : OPERATORS.getOrDefault(node.getOpType(), List.of())) {
      String weight = node.getInput(operand.weight());
      if (!unsigned(weight).equals(weight)) {
        edited.setInput(operand.weight(), unsigned(weight));
        while (edited.getInputCount() <= operand.zeroPoint()) {
          edited.addInput("");
        }
        edited.setInput(operand.zeroPoint(), zeroPoint(edited.getInput(operand.zeroPoint())));
      }
    }
    for (AttributeProto.Builder attribute : edited.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(edited(attribute.getG()));
      }
    }
    return edited.build();
  }

  private GraphProto edited(GraphProto nested) {
    GraphProto.Builder edited = nested.toBuilder();
    for (int i = 0; i < nested.getNodeCount(); i++) {
      edited.setNode(i, edited(nested.getNode(i)));
    }
    return edited.build();
  }

  private String zeroPoint(String signed) {
    return signed.isEmpty()
        ? graph.addConstant(
            "middle",
            TensorValues.raw(
                ElementType.UINT8, List.of(), ByteString.copyFrom(new byte[] {MIDDLE})))
        : unsigned(signed);
  }

  /** The name of a constant's twin, 128 higher; the same name for what is no int8 constant. */
  private String unsigned(String value) {
    String known = unsigned.get(value);
    if (known == null) {
      known = made(value);
      unsigned.put(value, known);
    }
    return known;
  }

  private String made(String value) {
    Optional<TensorProto> constant = graph.constant(value);
    if (constant.isPresent()) {
      TensorProto tensor = constant.get();
      return tensor.getDataType() == ElementType.INT8.number() ? raised(tensor) : value;
    }
    Optional<Node> mover = graph.producer(value).filter(node -> MOVES.contains(node.op()));
    String from = mover.map(node -> node.input(0)).orElse("");
    if (from.isEmpty() || unsigned(from).equals(from)) {
      return value;
    }
    String moved = graph.freshName(value + "_unsigned");
    NodeProto.Builder twin = mover.orElseThrow().proto().toBuilder();
    graph.add(twin.setName(moved).setInput(0, unsigned(from)).setOutput(0, moved).build());
    return moved;
  }

  private String raised(TensorProto tensor) {
    TensorProto twin = tensor.toBuilder().setDataType(ElementType.UINT8.number()).build();
    return graph.addConstant(
        tensor.getName() + "_unsigned", model.attach(twin, new Raised(model.payload(tensor))));
  }

  /** Bytes that are 128 higher. */
  private record Raised(Payload codes) implements Payload {
    @Override
    public long bytes() {
      return codes.bytes();
    }

    @Override
    public void read(Sink sink) throws IOException {
      codes.read(
          block -> {
            byte[] raised = new byte[block.remaining()];
            block.get(raised);
            for (int i = 0; i < raised.length; i++) {
              raised[i] += MIDDLE;
            }
            sink.accept(ByteBuffer.wrap(raised));
          });
    }
  }
}
