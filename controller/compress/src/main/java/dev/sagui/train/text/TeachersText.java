/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.run.source.BadData;
import dev.sagui.run.source.WholeArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Texts that a language model writes, for a student to learn on where there is no data: the first
 * token of each is any of its vocabulary, the next three are the likeliest, the others are drawn
 * (Liu et al. 2023, LLM-QAT, section 3.1).
 *
 * @param texts of them
 * @param length tokens of each; empty for what the model takes at once, up to 64
 * @param temperature of the Softmax that they are drawn from
 */
public record TeachersText(int texts, OptionalInt length, double temperature) {
  /** The key of a recipe. */
  public static final String KEY = "written";

  /** What a teacher writes unless told otherwise. */
  public static final TeachersText USUAL = new TeachersText(512, OptionalInt.empty(), 1);

  private static final String TEXTS = "texts";
  private static final String LENGTH = "length";
  private static final String TEMPERATURE = "temperature";
  private static final int MOST_TRIED = 64;
  private static final int MOST = 1 << 20;
  private static final int AT_ONCE = 32;
  private static final int LIKELIEST = 3;

  /** Reads what stands under {@link #KEY}. */
  public static TeachersText parse(Keys recipe) {
    Keys keys = recipe.at(KEY).only(List.of(TEXTS, LENGTH, TEMPERATURE));
    return new TeachersText(
        keys.whole(TEXTS, USUAL.texts, 2, MOST),
        keys.has(LENGTH) ? OptionalInt.of(keys.whole(LENGTH, 2, 2, MOST)) : OptionalInt.empty(),
        keys.number(TEMPERATURE, USUAL.temperature, 0.01, 100));
  }

  /** As recipes have it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(TEXTS, texts);
    length.ifPresent(tokens -> json.put(LENGTH, tokens));
    json.put(TEMPERATURE, temperature);
    return Map.of(KEY, json);
  }

  /** The same with a length, for a model. */
  public TeachersText of(OnnxModel model, LanguageModel net) throws IOException {
    int tokens = length.isPresent() ? length.getAsInt() : net.window(model, MOST_TRIED);
    if (tokens < 2 || !net.takes(model, tokens)) {
      throw BadData.of(
          "%s does not take %d tokens at once; say how many it shall write: written: {length: 32}"
              .formatted(model.file(), tokens));
    }
    return new TeachersText(texts, OptionalInt.of(tokens), temperature);
  }

  /**
   * Lets the model write.
   *
   * @param seed of what is drawn
   * @param into a file that is not there yet
   * @return what the model's inputs are filled from
   */
  public Map<String, DataSpec> data(
      OnnxModel model, LanguageModel net, long seed, Path into, Progress progress)
      throws IOException {
    String ids = net.ids().name();
    WholeArray.write(into, ids, write(model, net, seed, progress));
    Map<String, DataSpec> data = new LinkedHashMap<>();
    data.put(ids, DataSpec.parse("npz:" + into));
    net.states().forEach(state -> data.put(state, DataSpec.parse("values:0")));
    return data;
  }

  /**
   * The same as samples.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for a model that is no language model
   */
  public Samples samples(OnnxModel model, long seed, Path into, Progress progress)
      throws IOException {
    LanguageModel net =
        LanguageModel.find(model)
            .orElseThrow(
                () ->
                    BadData.of(
                        "expected a language model that writes, %s is none; leave '%s' out"
                            .formatted(model.file(), KEY)));
    return Samples.of(model, of(model, net).data(model, net, seed, into, progress));
  }

  /** What it is, for a report. */
  public String told() {
    return "%,d texts of %d tokens that the teacher wrote".formatted(texts, length.orElseThrow());
  }

  private long[][] write(OnnxModel model, LanguageModel net, long seed, Progress progress)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int tokens = length.orElseThrow();
    long[][] all = new long[texts][tokens];
    for (long[] row : all) {
      row[0] = random.nextInt(net.vocabulary());
    }
    int atOnce = net.rows(AT_ONCE);
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      TokenWriter writer = new TokenWriter(session, net, tokens);
      for (int from = 0; from < texts; from += atOnce) {
        long[][] rows = Arrays.copyOfRange(all, from, Math.min(texts, from + atOnce));
        writer.write(
            rows,
            1,
            (scores, first, count, place) ->
                place <= LIKELIEST
                    ? TokenScores.likeliest(scores, first, count)
                    : TokenScores.draw(scores, first, count, temperature, random));
        progress.at("the teacher writes", (double) (from + rows.length) / texts);
      }
    }
    return all;
  }
}
