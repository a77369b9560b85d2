/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.text.Tokenizer;
import dev.sagui.train.folder.SampleSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

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

  /** Each token is drawn by numbers that {@code by} gives. */
  private long[] continued(OrtModel session, long[] start, long by) {
    SplittableRandom random = new SplittableRandom(by);
    long[] tokens = Arrays.copyOf(start, start.length + WRITTEN);
    new TokenWriter(session, net, window)
        .write(
            new long[][] {tokens},
            start.length,
            (scores, first, count, place) ->
                TokenScores.draw(scores, first, count, TEMPERATURE, random));
    return tokens;
  }
}
