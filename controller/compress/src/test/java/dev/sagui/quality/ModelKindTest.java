/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ModelKindTest {
  private static final Tensor LATENTS = tensor(DataType.FP32, 2, 32);

  @Test
  void picturesOfBothLayouts() {
    assertEquals(ModelKind.IMAGE, kind(LATENTS, 2, 1, 28, 28));
    assertEquals(ModelKind.IMAGE, kind(LATENTS, 2, 3, 2048, 2048));
    assertEquals(ModelKind.IMAGE, kind(LATENTS, 2, 64, 48, 3));
  }

  @Test
  void wavesHaveAChannelOrAFreeLength() {
    assertEquals(ModelKind.AUDIO, kind(LATENTS, 1, 1, 8192));
    assertEquals(ModelKind.AUDIO, kind(LATENTS, 1, 1, 1, 30_000));
    assertEquals(ModelKind.AUDIO, declared(List.of(-1L, -1L), LATENTS, 1, 8192));
    assertEquals(ModelKind.VECTOR, declared(List.of(-1L, 8192L), LATENTS, 1, 8192));
    assertEquals(ModelKind.VECTOR, kind(LATENTS, 1, 1, 512));
    assertEquals(ModelKind.VECTOR, kind(LATENTS, 1, 80, 8192));
  }

  @Test
  void logitsAreForTokenIds() {
    Tensor ids = tensor(DataType.INT64, 2, 7);
    assertEquals(ModelKind.LANGUAGE, kind(ids, 2, 7, 5000));
    assertEquals(ModelKind.VECTOR, kind(ids, 2, 8, 5000));
    assertEquals(ModelKind.VECTOR, kind(tensor(DataType.FP32, 2, 7), 2, 7, 5000));
  }

  @Test
  void hiddenStatesAreNoLogits() {
    Tensor ids = tensor(DataType.INT64, 2, 7);
    Tensor padded = tensor(DataType.FP32, 2, 7, 5120);
    Tensor hidden = tensor(DataType.FP32, 2, 7, 384);
    ModelFacts facts = facts(List.of(), Map.of("t", 5000L));
    assertEquals(ModelKind.LANGUAGE, ModelKind.of(facts, List.of(ids), List.of(padded)));
    assertEquals(ModelKind.VECTOR, ModelKind.of(facts, List.of(ids), List.of(hidden)));
    Tensor mask = named("attention_mask", DataType.INT64, 2, 7);
    assertEquals(ModelKind.VECTOR, ModelKind.of(facts, List.of(mask, ids), List.of(hidden)));
  }

  @Test
  void allElseIsVectors() {
    assertEquals(ModelKind.VECTOR, kind(LATENTS, 2, 16));
    assertEquals(ModelKind.VECTOR, kind(LATENTS, 2, 7, 28, 28));
    assertEquals(ModelKind.VECTOR, kind(LATENTS));
    assertEquals(ModelKind.VECTOR, ModelKind.of(facts(List.of()), List.of(LATENTS), List.of()));
  }

  private static ModelKind kind(Tensor input, long... output) {
    return declared(List.of(), input, output);
  }

  private static ModelKind declared(List<Long> shape, Tensor input, long... output) {
    return ModelKind.of(facts(shape), List.of(input), List.of(tensor(DataType.FP32, output)));
  }

  private static ModelFacts facts(List<Long> output) {
    return facts(output, Map.of());
  }

  private static ModelFacts facts(List<Long> output, Map<String, Long> vocabularies) {
    List<String> symbols = Collections.nCopies(output.size(), "");
    return new ModelFacts(
        8,
        "test",
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        List.of(new ValueFacts("y", ElementType.FLOAT, output, symbols)),
        0,
        vocabularies,
        OptionalInt.empty());
  }

  private static Tensor tensor(DataType type, long... shape) {
    return named("t", type, shape);
  }

  private static Tensor named(String name, DataType type, long... shape) {
    int count = (int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    List<Long> dims = java.util.Arrays.stream(shape).boxed().toList();
    return new Tensor(name, type, dims, ByteBuffer.allocate(count * type.bytes()));
  }
}
