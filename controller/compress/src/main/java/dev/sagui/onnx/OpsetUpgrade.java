/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Rewrites a model for a later version of ONNX's own operators, so that passes need to know one
 * version only. Each operator whose meaning or form changed on the way has a rule; an operator that
 * nobody here knows, or a change that cannot be expressed, is refused by name. Nested graphs are
 * rewritten too; local functions have versions of their own and stay.
 */
public final class OpsetUpgrade {
  /** Broadcasting as it is today begins here. */
  public static final int OLDEST = 7;

  public static final int UNKNOWN_RANK = -1;

  /** The latest version that the rules lead to. */
  public static final int LATEST = 21;

  private final int from;
  private final int to;
  private final Set<String> names;
  private final ToIntFunction<String> ranks;

  private OpsetUpgrade(int from, int to, Set<String> names, ToIntFunction<String> ranks) {
    this.ranks = ranks;
    this.from = from;
    this.to = to;
    this.names = names;
  }

  /** The version of ONNX's own operators that a model uses; 1 when it says nothing. */
  public static int version(ModelProto model) {
    return (int)
        model.getOpsetImportList().stream()
            .filter(opset -> Node.isStandard(opset.getDomain()))
            .mapToLong(OperatorSetIdProto::getVersion)
            .max()
            .orElse(1);
  }

  /**
   * The model at {@code target} or at its own version if that is later.
   *
   * @throws RejectedException UNSUPPORTED_MODEL, naming the node that cannot be rewritten
   */
  public static OnnxModel to(OnnxModel model, int target) {
    return to(model, target, value -> UNKNOWN_RANK);
  }

  /**
   * The same with fewer nodes, where it is known how many dimensions values have.
   *
   * @param ranks of a value by its name; {@link #UNKNOWN_RANK} where it is not known
   */
  public static OnnxModel to(OnnxModel model, int target, ToIntFunction<String> ranks) {
    int from = version(model.proto());
    if (from >= target) {
      return model;
    }
    if (from < OLDEST || target > LATEST) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "cannot upgrade opset %d to %d: expected %d to %d; export the model again"
              .formatted(from, target, OLDEST, LATEST));
    }
    OpsetUpgrade upgrade = new OpsetUpgrade(from, target, GraphNames.all(model.graph()), ranks);
    return model.with(upgrade.model(model.proto()));
  }

  private ModelProto model(ModelProto model) {
    ModelProto plain = PlainInitializers.of(model);
    ModelProto.Builder builder = plain.toBuilder().setGraph(graph(plain.getGraph()));
    for (int i = 0; i < plain.getOpsetImportCount(); i++) {
      if (Node.isStandard(plain.getOpsetImport(i).getDomain())) {
        builder.setOpsetImport(i, plain.getOpsetImport(i).toBuilder().setVersion(to));
      }
    }
    return builder.setIrVersion(Math.max(irVersion(), plain.getIrVersion())).build();
  }

  /** Of the ONNX release that brought the opset (source: ONNX, docs/Versioning.md). */
  private int irVersion() {
    return to >= 21 ? 10 : to >= 19 ? 9 : to >= 15 ? 8 : 7;
  }

  private GraphProto graph(GraphProto graph) {
    GraphProto.Builder builder = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      NodeProto inner = nested(node);
      if (Node.isStandard(node.getDomain())) {
        upgrade(inner, builder);
      } else {
        builder.addNode(inner);
      }
    }
    return builder.build();
  }

  private void upgrade(NodeProto node, GraphProto.Builder graph) {
    if (!OpsetRules.isKnown(node.getOpType())) {
      throw refused(node, "this operator is not known here");
    }
    OpsetRewrite rewrite = new OpsetRewrite(node, tensor -> constant(tensor, graph), ranks);
    try {
      for (int version = from + 1; version <= to; version++) {
        OpsetRules.apply(version, rewrite);
      }
    } catch (UnsupportedOperationException e) {
      throw refused(node, "" + e.getMessage());
    }
    rewrite.nodes(name -> fresh(name)).forEach(graph::addNode);
  }

  private RejectedException refused(NodeProto node, String why) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "cannot upgrade opset %d to %d: %s: %s".formatted(from, to, new Node(node), why));
  }

  private String constant(TensorProto tensor, GraphProto.Builder graph) {
    String name = fresh(tensor.getName());
    graph.addInitializer(tensor.toBuilder().setName(name));
    return name;
  }

  private String fresh(String hint) {
    return GraphNames.fresh(names, hint);
  }

  private NodeProto nested(NodeProto node) {
    NodeProto.Builder builder = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.hasG()) {
        builder.setAttribute(i, attribute.toBuilder().setG(graph(attribute.getG())));
      }
    }
    return builder.build();
  }
}
