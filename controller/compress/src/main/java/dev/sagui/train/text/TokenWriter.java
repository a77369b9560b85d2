/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.util.function.LongConsumer;

/** Lets a language model write on behind beginnings. */
final class TokenWriter {
  /** Takes a token by the scores of {@code count} tokens. */
  @FunctionalInterface
  interface Choice {
    /**
     * @param place that the token comes to
     */
    int of(float[] scores, int from, int count, int place);
  }

  private final OrtModel session;
  private final LanguageModel net;
  private final int window;

  /**
   * @param window tokens that the model sees at most
   */
  TokenWriter(OrtModel session, LanguageModel net, int window) {
    this.session = session;
    this.net = net;
    this.window = window;
  }

  /**
   * Fills rows up. Each token is taken by what the model says to the last {@code window} before it;
   * a fixed length is filled up behind them, which they do not see.
   *
   * @param rows tokens of as many texts as the model takes at once, all of one length
   * @param given tokens at the beginning of each
   */
  void write(long[][] rows, int given, Choice choice) {
    for (int end = given; end < rows[0].length; end++) {
      int seen = Math.min(window, end);
      Tensor ids = net.tokens(rows.length, net.length(seen));
      int length = Math.toIntExact(ids.shape().get(1));
      LongConsumer into = TokenText.appending(ids);
      for (long[] row : rows) {
        for (int i = 0; i < length; i++) {
          into.accept(i < seen ? row[end - seen + i] : 0);
        }
      }
      Tensor logits = session.run(net.inputs(ids)).get(0);
      int classes = Math.toIntExact(logits.shape().get(2));
      float[] scores = logits.floats();
      for (int row = 0; row < rows.length; row++) {
        int last = (row * length + seen - 1) * classes;
        rows[row][end] = choice.of(scores, last, Math.min(classes, net.vocabulary()), end);
      }
    }
  }
}
