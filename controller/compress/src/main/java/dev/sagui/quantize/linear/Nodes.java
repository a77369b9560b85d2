/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import java.util.List;

/** Nodes of quantized graphs, and the operator sets that they need. */
public final class Nodes {
  /** ONNX Runtime's own operators. */
  public static final String MICROSOFT = "com.microsoft";

  private static final long FIRST_OPSET = 13;

  private Nodes() {}

  /**
   * @throws RejectedException UNSUPPORTED_MODEL for opsets before 13
   */
  public static void requireOpset(OnnxModel model) {
    for (OperatorSetIdProto opset : model.proto().getOpsetImportList()) {
      boolean standard = opset.getDomain().isEmpty() || opset.getDomain().equals("ai.onnx");
      if (standard && opset.getVersion() < FIRST_OPSET) {
        throw new RejectedException(
            FailureCode.UNSUPPORTED_MODEL,
            "to quantize, expected opset %d or later, found %d; let clean-up (fold) upgrade it first"
                .formatted(FIRST_OPSET, opset.getVersion()));
      }
    }
  }

  /** The model with another graph, and ONNX Runtime's operators imported. */
  public static OnnxModel with(OnnxModel model, Graph graph) {
    ModelProto.Builder proto = model.proto().toBuilder().setGraph(graph.build());
    boolean known =
        proto.getOpsetImportList().stream().anyMatch(o -> o.getDomain().equals(MICROSOFT));
    if (!known) {
      proto.addOpsetImport(
          OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1).build());
    }
    return model.with(proto.build());
  }

  /** A node named after its first output, without attributes. */
  public static NodeProto.Builder node(
      String domain, String operator, List<String> inputs, String... outputs) {
    return NodeProto.newBuilder()
        .setDomain(domain)
        .setOpType(operator)
        .setName(outputs[0] + "/" + operator)
        .addAllInput(inputs)
        .addAllOutput(List.of(outputs));
  }

  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  public static AttributeProto integers(String name, List<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(values)
        .build();
  }

  /** A Cast to float32. */
  public static NodeProto toFloat(String from, String to) {
    return node("", "Cast", List.of(from), to)
        .addAttribute(integer("to", ElementType.FLOAT.number()))
        .build();
  }
}
