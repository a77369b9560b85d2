/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.TestModels;
import java.util.List;

/** Small models with products by constant matrices. */
public final class Products {
  private Products() {}

  public static ModelProto matMul(int inputs, int outputs) {
    return TestModels.model(
        graph(inputs)
            .addInitializer(TestModels.weights("w", 9, inputs, outputs))
            .addNode(TestModels.node("MatMul", "y", "x", "w")));
  }

  public static ModelProto withBias() {
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.weights("w", 9, 64, 48))
            .addInitializer(TestModels.weights("b", 5, 48))
            .addNode(TestModels.node("MatMul", "h", "x", "w"))
            .addNode(TestModels.node("Add", "y", "b", "h")));
  }

  /** Some channels of the activation are large, and their weights small. */
  public static ModelProto withOutliers() {
    float[] factors = new float[64];
    float[] weights = new float[64 * 48];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = i % 8 == 0 ? 100 : 1;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.sin(i * 1.7) / (i / 48 % 8 == 0 ? 100 : 1);
    }
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.floats("f", factors, 64))
            .addInitializer(TestModels.floats("w", weights, 64, 48))
            .addNode(TestModels.node("Mul", "h", "x", "f"))
            .addNode(TestModels.node("MatMul", "y", "h", "w")));
  }

  public static ModelProto gemmTransposed() {
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.weights("w", 9, 96, 64))
            .addInitializer(TestModels.weights("b", 5, 1, 96))
            .addNode(
                TestModels.node("Gemm", "y", "x", "w", "b")
                    .addAttribute(TestModels.number("transB", 1))));
  }

  public static ModelProto gemmScaled() {
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.weights("w", 9, 64, 96))
            .addNode(
                TestModels.node("Gemm", "y", "x", "w")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("alpha")
                            .setType(AttributeProto.AttributeType.FLOAT)
                            .setF(2))));
  }

  public static ModelProto behindTranspose() {
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.weights("w", 9, 48, 64))
            .addNode(TestModels.node("Transpose", "wt", "w"))
            .addNode(TestModels.node("MatMul", "y", "x", "wt")));
  }

  /** One matrix for two products, and one activation for two. */
  public static ModelProto shared() {
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.weights("w", 9, 64, 64))
            .addInitializer(TestModels.weights("v", 8, 64, 64))
            .addNode(TestModels.node("MatMul", "h", "x", "w"))
            .addNode(TestModels.node("MatMul", "g", "x", "v"))
            .addNode(TestModels.node("Add", "s", "h", "g"))
            .addNode(TestModels.node("MatMul", "y", "s", "w")));
  }

  /** Activations of three dimensions, two of them free. */
  public static ModelProto batched() {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 5, 64}))
            .addInitializer(TestModels.weights("w", 9, 64, 48))
            .addNode(TestModels.node("MatMul", "y", "x", "w")));
  }

  /** Token ids → rows of a table → scores by the same table. */
  public static ModelProto tied() {
    return TestModels.model(
        ids()
            .addNode(TestModels.node("Gather", "h", "table", "i"))
            .addNode(TestModels.node("Transpose", "t", "table"))
            .addNode(TestModels.node("MatMul", "y", "h", "t")));
  }

  public static ModelProto embedding() {
    return TestModels.model(ids().addNode(TestModels.node("Gather", "y", "table", "i")));
  }

  private static GraphProto.Builder ids() {
    return TestModels.graph(List.of("x"), List.of(new long[] {-1, 4}))
        .addInitializer(TestModels.weights("table", 3, 50, 64))
        .addNode(TestModels.node("Cast", "i", "x").addAttribute(TestModels.number("to", 7)));
  }

  /** With {@code odd} as one of the weights. */
  public static ModelProto holding(float odd) {
    float[] values = new float[64 * 64];
    values[77] = odd;
    return TestModels.model(
        graph(64)
            .addInitializer(TestModels.floats("w", values, 64, 64))
            .addNode(TestModels.node("MatMul", "y", "x", "w")));
  }

  public static ModelProto atOpset(ModelProto model, long version) {
    ModelProto.Builder old = model.toBuilder();
    old.getOpsetImportBuilder(0).setVersion(version);
    return old.build();
  }

  private static GraphProto.Builder graph(int inputs) {
    return TestModels.graph(List.of("x"), List.of(new long[] {-1, inputs}));
  }
}
