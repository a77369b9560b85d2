/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DerivedInputsTest {
  private static final DataSpec NOISE = DataSpec.parse("random:0:40:0..9");

  @Test
  void languageModelStartsWithAnEmptyPast() {
    ModelFacts facts =
        Inputs.facts(
            "input_ids:INT64:batch,seq",
            "attention_mask:INT64:batch,total",
            "position_ids:INT64:batch,seq",
            "past_key_values.0.key:FLOAT:batch,4,past,8",
            "use_cache_branch:BOOL:1");
    List<Tensor> batch = Samples.of(facts, NOISE).first(3);
    assertEquals(List.of(3L, 32L), batch.get(0).shape());
    assertEquals(List.of(3L, 32L), batch.get(1).shape());
    assertEquals(1, batch.get(1).data().getLong(0));
    assertEquals(31, batch.get(2).data().getLong(8 * 31));
    assertEquals(0, batch.get(2).data().getLong(8 * 32));
    assertEquals(List.of(3L, 4L, 0L, 8L), batch.get(3).shape());
    assertEquals(0, batch.get(4).data().get(0));
  }

  @Test
  void voiceIsBatchedByItsIdsNotByItsScales() {
    ModelFacts facts =
        Inputs.facts("input:INT64:b,t", "input_lengths:INT64:b", "scales:FLOAT:3", "sid:INT64:b");
    Samples samples = Samples.of(facts, NOISE);
    assertEquals(16, samples.batchSize());
    List<Tensor> batch = samples.first(2);
    assertEquals(List.of(2L, 32L), batch.get(0).shape());
    assertEquals(32, batch.get(1).data().getLong(8));
    assertArrayEquals(new float[] {0, 1, 0}, batch.get(2).floats());
    assertEquals(0, batch.get(3).data().getLong(8));
  }

  @Test
  void constantInputThatIsNotDerivedForbidsSharedRuns() {
    Samples samples = Samples.of(Inputs.facts("x:FLOAT:b,2", "style:FLOAT:4"), NOISE);
    assertEquals(1, samples.batchSize());
    assertEquals(List.of(4L), samples.first(9).get(1).shape());
  }

  @Test
  void inputsWithoutABatchAreTakenWhole() {
    Samples samples = Samples.of(Inputs.facts("a:FLOAT:3,4", "b:FLOAT:4,5", "c:FLOAT:"), NOISE);
    List<Tensor> one = samples.first(7);
    assertEquals(List.of(3L, 4L), one.get(0).shape());
    assertEquals(List.of(), one.get(2).shape());
  }

  @Test
  void largeSamplesShareFewerRuns() {
    assertEquals(5, Samples.of(Inputs.facts("x:FLOAT:n,3,128,128"), NOISE).batchSize());
    assertThrows(
        RejectedException.class,
        () -> Samples.of(Inputs.facts("x:FLOAT:n,99999,99999,99999"), NOISE));
  }

  @Test
  void inputWithoutDataIsNamed() {
    ModelFacts facts = Inputs.facts("a:FLOAT:n,4", "b:FLOAT:n,4", "attention_mask:INT64:n,4");
    RejectedException e =
        assertThrows(RejectedException.class, () -> Samples.of(facts, Map.of("a", NOISE)));
    assertTrue(e.getMessage().contains("say where input 'b'"), e.getMessage());
  }
}
