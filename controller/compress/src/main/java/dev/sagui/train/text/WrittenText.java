/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.text.Tokenizer;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.folder.SampleSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * What a language model writes behind the same few beginnings each time, drawn by the same numbers,
 * as {@code .txt}.
 *
 * @param text whose windows give the beginnings
 * @param window tokens that the model sees at most
 */
public record WrittenText(
    LanguageModel net, TokenText text, int window, Tokenizer tokenizer, long seed)
    implements SampleSheet {
  private static final int SHOWN = 4;
  private static final int WRITTEN = 160;
  private static final double TEMPERATURE = 0.8;

  @Override
  public void write(OnnxModel model, Path file) throws IOException {
    StringBuilder shown = new StringBuilder();
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      for (int sample = 0; sample < SHOWN; sample++) {
        int given = window / 2;
        long[] tokens = continued(session, start(sample, given), seed + sample);
        shown
            .append("--- ")
            .append(decoded(tokens, 0, given))
            .append("\n>>> ")
            .append(decoded(tokens, given, tokens.length))
            .append("\n\n");
      }
    }
    Files.writeString(file.resolveSibling(file.getFileName() + ".txt"), shown);
  }

  private String decoded(long[] tokens, int from, int to) {
    return tokenizer.decode(Arrays.copyOfRange(tokens, from, to));
  }

  /** Beginnings evenly apart. */
  private long[] start(int sample, int given) {
    int from = (text.count() - given) / SHOWN * sample;
    long[] start = new long[given];
    Arrays.setAll(start, i -> text.at(from + i));
    return start;
  }

  /**
   * Each token is drawn from what the model says to the last {@code window} before it; a fixed
   * length is filled up behind them, which they do not see.
   */
  private long[] continued(OrtModel session, long[] start, long by) {
    SplittableRandom random = new SplittableRandom(by);
    long[] tokens = Arrays.copyOf(start, start.length + WRITTEN);
    for (int end = start.length; end < tokens.length; end++) {
      int seen = Math.min(window, end);
      Tensor ids = net.tokens(1, net.length(seen));
      LongConsumer into = TokenText.appending(ids);
      for (int i = end - seen; i < end; i++) {
        into.accept(tokens[i]);
      }
      Tensor logits = session.run(net.inputs(ids)).get(0);
      int classes = Math.toIntExact(logits.shape().get(2));
      int last = (seen - 1) * classes;
      tokens[end] =
          TokenScores.draw(
              logits.floats(), last, Math.min(classes, net.vocabulary()), TEMPERATURE, random);
    }
    return tokens;
  }
}
