/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What two language models find likeliest after each token of one sample. */
public final class LikeliestTokens {
  private static final int ROWS = 64;

  private LikeliestTokens() {}

  /**
   * One position.
   *
   * @param input the token there, or "?" when the ids are not among the inputs
   */
  public record Row(String input, int reference, int candidate) {}

  /**
   * The first sample's first 64 positions.
   *
   * @param inputs of both runs
   * @param reference outputs, the first being logits [N, T, V] or [N, V]
   * @param candidate likewise
   */
  public static List<Row> of(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    Values a = Values.of(reference.get(0));
    Values b = Values.of(candidate.get(0));
    List<Row> rows = new ArrayList<>();
    int rank = a.shape().size();
    if (rank < 2 || !a.shape().equals(b.shape())) {
      return rows;
    }
    int vocabulary = Math.toIntExact(a.shape().get(rank - 1));
    int steps = rank == 2 ? 1 : Math.toIntExact(a.shape().get(rank - 2));
    Optional<float[]> ids = TokenPairs.ids(inputs, a.shape());
    for (int t = 0; t < Math.min(ROWS, steps); t++) {
      int step = t;
      String input = ids.map(tokens -> "" + (long) tokens[step]).orElse("?");
      rows.add(
          new Row(
              input,
              likeliest(a.elements(), t * vocabulary, vocabulary),
              likeliest(b.elements(), t * vocabulary, vocabulary)));
    }
    return rows;
  }

  private static int likeliest(float[] values, int from, int count) {
    int top = 0;
    for (int i = 1; i < count; i++) {
      top = values[from + i] > values[from + top] ? i : top;
    }
    return top;
  }
}
