/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import java.util.SplittableRandom;

/** Probabilities of tokens from a row of scores. */
final class TokenScores {
  private TokenScores() {}

  /** ln p of one of {@code count} tokens by the softmax of their scores. */
  static double logProbability(float[] scores, int from, int count, int which) {
    double most = most(scores, from, count);
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.exp(scores[i] - most);
    }
    return scores[from + which] - most - Math.log(sum);
  }

  private static double most(float[] scores, int from, int count) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, scores[i]);
    }
    return most;
  }

  /** The token of the highest score. */
  static int likeliest(float[] scores, int from, int count) {
    int token = 0;
    for (int i = 1; i < count; i++) {
      token = scores[from + i] > scores[from + token] ? i : token;
    }
    return token;
  }

  /** A token by the softmax of the scores over a temperature. */
  static int draw(
      float[] scores, int from, int count, double temperature, SplittableRandom random) {
    double most = most(scores, from, count);
    double[] upTo = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp((scores[from + i] - most) / temperature);
      upTo[i] = sum;
    }
    double place = random.nextDouble() * sum;
    int token = 0;
    while (token < count - 1 && upTo[token] <= place) {
      token++;
    }
    return token;
  }
}
