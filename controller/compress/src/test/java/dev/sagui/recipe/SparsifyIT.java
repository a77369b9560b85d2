/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Zeros through a whole recipe. */
class SparsifyIT {
  private static final double RATIO = 0.8;

  @TempDir Path folder;

  private CompressionReport compress(String steps) throws IOException {
    return new Compression(1, Optional.empty())
        .compress(
            DemoModels.VAE_DECODER,
            RecipeFile.parse("data: latent:normal:7:64\nsteps: [" + steps + "]"),
            folder.resolve("out"),
            Progress.NONE);
  }

  /** What a coder could do with the integers, an element. */
  private static double bits(CompressionReport report) {
    return 8.0 * report.output().entropy().boundBytes() / report.input().facts().parameters();
  }

  private OnnxModel output() throws IOException {
    return OnnxModel.open(folder.resolve("out"));
  }

  /** Zero bytes of integer tensors of 8 bits, to all of theirs. */
  private double zeros() throws IOException {
    OnnxModel model = output();
    long zeros = 0;
    long all = 0;
    for (TensorProto tensor : model.graph().getInitializerList()) {
      ElementType type = ElementType.of(tensor.getDataType());
      boolean counted = type == ElementType.INT8 || type == ElementType.UINT8;
      if (counted && tensor.getDimsCount() > 1 && TensorSize.elements(tensor) > 1000) {
        for (byte value : model.payload(tensor).toByteString().toByteArray()) {
          zeros += value == 0 ? 1 : 0;
          all++;
        }
      }
    }
    assertTrue(all > 10_000, "found few integers");
    return (double) zeros / all;
  }

  @Test
  void zerosStayZerosWhenStored() throws IOException {
    CompressionReport report = compress("{prune: {unstructured: 0.8}}, {store: {weights: int8}}");
    assertTrue(zeros() >= RATIO - 1e-3, "" + zeros());
    long bound = report.output().entropy().boundBytes();
    long others = report.output().bytes() - report.output().entropy().bytes();
    assertTrue(report.output().bytesOnWire() <= 1.015 * bound + others);
    assertEquals(RATIO, 1 - density(report), 0.001);
    assertTrue(report.output().nonZero() < 0.3 * report.input().nonZero());
  }

  private static double density(CompressionReport report) {
    return (Double)
        java.util.Objects.requireNonNull(report.steps().get(0).metrics().get("density"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"int4", "int5", "palette4", "palette3"})
  void zerosStayZerosInFewBits(String form) throws IOException {
    double dense = bits(compress("{store: {weights: %s}}".formatted(form)));
    double sparse =
        bits(compress("{prune: {unstructured: 0.8}}, {store: {weights: %s}}".formatted(form)));
    assertTrue(sparse < 0.65 * dense, sparse + " bits an element, " + dense + " without zeros");
  }

  @Test
  void zerosStayZerosWhenComputedInIntegers() throws IOException {
    CompressionReport report =
        compress("fold, {prune: {unstructured: 0.8}}, {quantize: {sqnr: 0}}");
    assertTrue(report.steps().get(2).changed(), report.steps().get(2).reason());
    assertTrue(zeros() >= 0.7, "" + zeros());
  }

  @Test
  void shareOfNoneIsTheIdentity() throws IOException {
    CompressionReport report = compress("{prune: {unstructured: 0}}");
    assertFalse(report.steps().get(0).changed());
    assertTrue(report.comparison().orElseThrow().quality().json().containsKey("identical"));
  }

  @Test
  void reportSaysDensityOfEachLayerAndPromisesNoSpeed() throws IOException {
    CompressionReport report = compress("{prune: {threshold: 0.01}}");
    StepRecord step = report.steps().get(0);
    Map<?, ?> density = (Map<?, ?>) step.choices().get("density");
    assertEquals(5, java.util.Objects.requireNonNull(density).size());
    assertTrue(String.valueOf(step.metrics().get("gain")).contains("no speed"));
  }
}
