/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SoundAndLanguageTest {
  @Test
  void equalSoundHasTheBestOfAllMetrics() {
    Quality quality = sound(wave -> wave);
    assertTrue(quality.identical());
    for (Metric metric :
        List.of(Metric.LOG_MEL_L1, Metric.MR_STFT, Metric.PAUSE_DB, Metric.SPECTRUM_DISTANCE)) {
      assertEquals(0, quality.metric(metric).orElseThrow(), metric.key());
    }
    assertEquals(1, quality.metric(Metric.LENGTH_RATIO).orElseThrow());
    assertEquals(1, quality.metric(Metric.DIVERSITY_RATIO).orElseThrow());
  }

  @Test
  void soundIsReadAgainstOtherSound() {
    Quality quality = sound(wave -> Signals.disturbed(wave, 1, 1e-4f, 3));
    double other = quality.nullScale().of(Metric.LOG_MEL_L1).orElseThrow();
    assertTrue(quality.metric(Metric.LOG_MEL_L1).orElseThrow() < other / 2);
    assertTrue(quality.nullScale().of(Metric.PAUSE_DB).isPresent());
  }

  @Test
  void longerSoundIsARatioAndNotAFailure() {
    Quality quality = sound(wave -> java.util.Arrays.copyOf(wave, 9000));
    assertEquals(0.75, quality.metric(Metric.LENGTH_RATIO).orElseThrow());
    assertEquals(0, quality.metric(Metric.MR_STFT).orElseThrow());
    assertEquals(false, quality.identical());
  }

  @Test
  void integersAreScaled() {
    Quality quality = sound(wave -> wave);
    Evaluation evaluation = evaluation(ModelKind.AUDIO);
    Evaluation scaled = evaluation(ModelKind.AUDIO);
    for (int i = 0; i < 4; i++) {
      float[] wave = Signals.speech(i, 12_000);
      float[] other = Signals.disturbed(wave, 1, 0.01f, 3);
      evaluation.add(List.of(), wave(wave), wave(other));
      scaled.add(
          List.of(),
          wave(Signals.disturbed(wave, 32_768, 0, 1)),
          wave(Signals.disturbed(other, 32_768, 0, 1)));
    }
    assertEquals(
        evaluation.result(4, "").metric(Metric.LOG_MEL_L1).orElseThrow(),
        scaled.result(4, "").metric(Metric.LOG_MEL_L1).orElseThrow(),
        1e-5);
    assertEquals(ModelKind.AUDIO, quality.kind());
  }

  @Test
  void tokensKnowWhatCameNext() {
    float[] logits = new float[2 * 3 * 4];
    // row 0 is sure of each token that comes next, row 1 of none
    logits[1] = 50;
    logits[4 + 2] = 50;
    Evaluation evaluation = evaluation(ModelKind.LANGUAGE);
    List<Tensor> outputs = List.of(Tensor.of("logits", logits, 2, 3, 4));
    evaluation.add(List.of(mask(), ids(0, 1, 2, 3, 3, 3)), outputs, outputs);
    Quality quality = evaluation.result(2, "");
    assertEquals(Math.sqrt(4), quality.metric(Metric.PERPLEXITY).orElseThrow(), 1e-9);
    assertEquals(0, quality.metric(Metric.KL).orElseThrow(), 1e-12);
    assertEquals(1, quality.metric(Metric.TOP1_AGREEMENT).orElseThrow());
    assertTrue(quality.nullScale().of(Metric.KL).orElseThrow() > 1);
    assertTrue(quality.nullScale().of(Metric.PERPLEXITY_REFERENCE).isEmpty());
  }

  @Test
  void lastStepAloneHasNoPerplexity() {
    Evaluation evaluation = evaluation(ModelKind.LANGUAGE);
    List<Tensor> outputs = List.of(Tensor.of("logits", Signals.noise(1, 8), 2, 4));
    evaluation.add(List.of(ids(0, 1, 2, 3, 3, 3)), outputs, outputs);
    Quality quality = evaluation.result(2, "");
    assertEquals(1, quality.metric(Metric.TOP1_AGREEMENT).orElseThrow());
    assertTrue(quality.metric(Metric.PERPLEXITY).isEmpty());
  }

  @Test
  void otherVocabulariesAreRefused() {
    Evaluation evaluation = evaluation(ModelKind.LANGUAGE);
    List<Tensor> four = List.of(Tensor.of("logits", new float[4], 1, 1, 4));
    List<Tensor> five = List.of(Tensor.of("logits", new float[5], 1, 1, 5));
    assertThrows(RejectedException.class, () -> evaluation.add(List.of(), four, five));
  }

  private static Evaluation evaluation(ModelKind kind) {
    return new Evaluation(kind, Optional.empty(), 22_050);
  }

  private static Quality sound(UnaryOperator<float[]> candidate) {
    Evaluation evaluation = evaluation(ModelKind.AUDIO);
    for (int i = 0; i < 6; i++) {
      float[] wave = Signals.speech(i, 12_000);
      evaluation.add(List.of(), wave(wave), wave(candidate.apply(wave)));
    }
    return evaluation.result(6, "test");
  }

  private static List<Tensor> wave(float[] wave) {
    return List.of(Tensor.of("y", wave, 1, 1, wave.length));
  }

  private static Tensor ids(long... ids) {
    ByteBuffer data = ByteBuffer.allocate(8 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asLongBuffer().put(ids);
    return new Tensor("input_ids", DataType.INT64, List.of(2L, 3L), data);
  }

  private static Tensor mask() {
    return new Tensor("attention_mask", DataType.INT64, List.of(2L, 3L), ByteBuffer.allocate(48));
  }
}
