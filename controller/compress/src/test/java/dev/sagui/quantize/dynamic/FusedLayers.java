/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.linear.Nodes;
import java.util.List;

/** Models of one operator that holds products. */
final class FusedLayers {
  private FusedLayers() {}

  /** 12 steps of 64 values. */
  static ModelProto attention(int heads) {
    return TestModels.model(
            TestModels.graph(List.of("x"), List.of(new long[] {-1, 12, 64}))
                .addInitializer(TestModels.weights("w", 1, 64, 192))
                .addInitializer(TestModels.weights("b", 2, 192))
                .addNode(
                    TestModels.node("Attention", "y", "x", "w", "b")
                        .setDomain(Nodes.MICROSOFT)
                        .addAttribute(TestModels.number("num_heads", heads))))
        .toBuilder()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(Nodes.MICROSOFT).setVersion(1))
        .build();
  }

  /** 5 steps of 2 sequences of 32 values. */
  static ModelProto gru(String direction, int hidden) {
    int directions = direction.equals("bidirectional") ? 2 : 1;
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {5, 2, 32}))
            .addInitializer(TestModels.weights("w", 1, directions, 3L * hidden, 32))
            .addInitializer(TestModels.weights("r", 2, directions, 3L * hidden, hidden))
            .addInitializer(TestModels.weights("b", 3, directions, 6L * hidden))
            .addNode(
                TestModels.node("GRU", "y", "x", "w", "r", "b")
                    .addAttribute(TestModels.number("hidden_size", hidden))
                    .addAttribute(TestModels.number("linear_before_reset", 1))
                    .addAttribute(text("direction", direction))));
  }

  private static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  /** Two directions over 6 steps of 32 values, 16 hidden. */
  static ModelProto lstm() {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {6, 1, 32}))
            .addInitializer(TestModels.weights("w", 1, 2, 64, 32))
            .addInitializer(TestModels.weights("r", 2, 2, 64, 16))
            .addInitializer(TestModels.weights("b", 3, 2, 128))
            .addNode(
                TestModels.node("LSTM", "y", "x", "w", "r", "b")
                    .addAttribute(TestModels.number("hidden_size", 16))
                    .addAttribute(text("direction", "bidirectional"))));
  }
}
