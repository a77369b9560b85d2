/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a generative model puts out, which decides by what it is judged. */
public enum ModelKind {
  /** [N, 1|3, H, W] or [N, H, W, 1|3], both sides of 4 pixels or more. */
  IMAGE,
  /** Waveforms: [N, T], [N, 1, T] or [N, 1, 1, T]. */
  AUDIO,
  /** Logits [N, T, V], or [N, V], for token ids [N, T]. */
  LANGUAGE,
  /** Anything else: latents, embeddings, features. */
  VECTOR;

  private static final int MIN_IMAGE_SIDE = 4;
  private static final int MIN_WAVE = 1024;
  private static final Set<DataType> IDS = Set.of(DataType.INT64, DataType.INT32);
  private static final Set<DataType> REAL = Set.of(DataType.FP32, DataType.FP16, DataType.FP64);

  /**
   * Found from one run; the first output decides.
   *
   * <p>A waveform has 1024 samples or more and a length that the graph does not fix, or a channel
   * axis of one: [N, 1024] of fixed size is a vector.
   *
   * @param inputs of the run
   * @param outputs of the run
   */
  public static ModelKind of(ModelFacts facts, List<Tensor> inputs, List<Tensor> outputs) {
    if (outputs.isEmpty()) {
      return VECTOR;
    }
    Tensor first = outputs.get(0);
    if (isLogits(first, inputs, facts.vocabularies())) {
      return LANGUAGE;
    }
    if (isImage(first.shape())) {
      return IMAGE;
    }
    List<Long> declared = facts.outputs().isEmpty() ? List.of() : facts.outputs().get(0).shape();
    return isWave(first, declared) ? AUDIO : VECTOR;
  }

  static boolean isImage(List<Long> shape) {
    return ImageLayout.of(shape)
        .filter(layout -> Math.min(layout.height(), layout.width()) >= MIN_IMAGE_SIDE)
        .isPresent();
  }

  /**
   * One value a token of the vocabulary, or a few more where the head is padded; any width where
   * the model looks up none of the ids, masks among them, in a table. An encoder's hidden states
   * [N, T, width] are a vector.
   */
  private static boolean isLogits(
      Tensor output, List<Tensor> inputs, Map<String, Long> vocabularies) {
    if (output.shape().size() != 3 || !REAL.contains(output.type())) {
      return false;
    }
    List<String> ids =
        inputs.stream()
            .filter(input -> IDS.contains(input.type()))
            .filter(input -> input.shape().equals(output.shape().subList(0, 2)))
            .map(Tensor::name)
            .toList();
    List<Long> tables =
        vocabularies.entrySet().stream()
            .filter(table -> ids.contains(table.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    long width = output.shape().get(2);
    return !ids.isEmpty()
        && (tables.isEmpty()
            || tables.stream().anyMatch(tokens -> Math.abs(width - tokens) <= tokens / 10));
  }

  private static boolean isWave(Tensor output, List<Long> declared) {
    List<Long> shape = output.shape();
    int rank = shape.size();
    if (rank == 0 || rank > 4 || shape.get(rank - 1) < MIN_WAVE) {
      return false;
    }
    boolean channels = rank >= 3 && shape.subList(1, rank - 1).stream().allMatch(d -> d == 1);
    boolean free = declared.size() == rank && declared.get(rank - 1) < 0;
    return (REAL.contains(output.type()) || output.type() == DataType.INT16)
        && (channels || (rank <= 2 && free));
  }
}
