/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * How well a language model foretells a text, window by window without overlap; each window it
 * enters without a past.
 *
 * @param length tokens of a window
 */
public record TextJudge(LanguageModel net, TokenText text, int length) {
  /** e to the mean nats of a token. */
  public static final String PERPLEXITY = "perplexity";

  /** Mean bits of a character. */
  public static final String BITS = "bits_per_character";

  private static final int BATCH = 16;

  /** Windows that are looked at: what more of them would change is far below what shows. */
  private static final int MOST_WINDOWS = 1024;

  /** Windows of the text. */
  public int windows() {
    return Math.min(MOST_WINDOWS, Math.max(0, text.count() - 1) / length);
  }

  /** Figures of a model, by name with the unit. */
  public Map<String, Double> of(OnnxModel model) throws IOException {
    double nats = 0;
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      int batch = net.rows(BATCH);
      for (int done = 0; done < windows(); done += batch) {
        nats += nats(session, done, Math.min(batch, windows() - done));
      }
    }
    double mean = nats / windows() / length;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(PERPLEXITY, Math.exp(mean));
    figures.put(BITS, mean / Math.log(2) * text.perCharacter());
    return figures;
  }

  private double nats(OrtModel session, int first, int rows) {
    Tensor ids = net.tokens(rows, length);
    long[] following = new long[rows * length];
    int[] at = {0};
    LongConsumer into = TokenText.appending(ids);
    for (int window = first; window < first + rows; window++) {
      text.put(window * length, length, into, token -> following[at[0]++] = token);
    }
    Tensor logits = session.run(net.inputs(ids)).get(0);
    int classes = Math.toIntExact(logits.shape().get(2));
    float[] scores = logits.floats();
    double nats = 0;
    for (int i = 0; i < following.length; i++) {
      nats -= TokenScores.logProbability(scores, i * classes, classes, (int) following[i]);
    }
    return nats;
  }
}
