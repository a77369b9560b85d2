/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.source.BadData;
import dev.sagui.run.text.Tokenizer;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.folder.SampleSheet;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import dev.sagui.train.text.LanguageModel;
import dev.sagui.train.text.TextJudge;
import dev.sagui.train.text.TextWindows;
import dev.sagui.train.text.TokenText;
import dev.sagui.train.text.WrittenText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A language model foretells each next token of a text; judged by its perplexity on a held-out one.
 *
 * @param net whose states are zeros where a window begins
 * @param learned to learn on
 * @param heldOut windows side by side of a text that no step sees
 * @param known the same of a text of the kind that the model comes from
 * @param sheet what it writes
 * @param base the model's file
 */
record TokenTask(
    LanguageModel net,
    TokenText learned,
    TextJudge heldOut,
    Optional<TextJudge> known,
    LossTerms loss,
    SampleSheet sheet,
    Path base)
    implements Task {
  private static final String KNOWN = "known_";
  private static final String NEXT = "next";

  /** Windows that are found by trying are not longer. */
  private static final int MOST_TRIED = 256;

  /**
   * Reads the texts by the tokenizer beside the base.
   *
   * @param base file that the model was made of
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for texts that are too short or of
   *     other tokens, and for windows that the model does not take
   */
  static TokenTask of(OnnxModel model, LanguageModel net, TransferSpec spec, Path base)
      throws IOException {
    Tokenizer tokenizer = Tokenizers.beside(base);
    int window = window(model, net, spec);
    TokenText all = read(net, spec.data().inputs(), tokenizer);
    List<TokenText> parts =
        spec.heldOut().isPresent()
            ? List.of(all, read(net, spec.heldOut().get().inputs(), tokenizer))
            : all.split();
    TextJudge heldOut = new TextJudge(net, parts.get(1), window);
    if (parts.get(0).windows(window) < 1 || heldOut.windows() < 1) {
      throw BadData.of(
          "%s holds too little for windows of %d tokens: %s to learn from and %s to be judged by; give more text, or a smaller 'window'"
              .formatted(spec.data().inputs(), window, parts.get(0), parts.get(1)));
    }
    Optional<TextJudge> known = Optional.empty();
    if (spec.text().known().isPresent()) {
      known = Optional.of(known(net, spec.text().known().get(), tokenizer, window));
    }
    return new TokenTask(
        net,
        parts.get(0),
        heldOut,
        known,
        spec.loss().orElseGet(() -> LossTerms.parse(Map.of("cross-entropy", 1))),
        new WrittenText(net, parts.get(1), window, tokenizer, spec.seed()),
        base);
  }

  private static TextJudge known(LanguageModel net, DataSpec data, Tokenizer tokenizer, int window)
      throws IOException {
    TextJudge judge = new TextJudge(net, read(net, data, tokenizer), window);
    if (judge.windows() < 1) {
      throw BadData.of(
          "%s, under 'known', holds too little for a window of %d tokens: %s"
              .formatted(data, window, judge.text()));
    }
    return judge;
  }

  private static TokenText read(LanguageModel net, DataSpec data, Tokenizer tokenizer)
      throws IOException {
    TokenText text = TokenText.of(data, tokenizer);
    text.firstFrom(net.vocabulary())
        .ifPresent(
            place -> {
              throw BadData.of(
                  "expected tokens below %d, the model's vocabulary, found %d, '%s', at place %d of %s; give the model's own tokenizer beside it, or a text of characters that it knows"
                      .formatted(
                          net.vocabulary(),
                          text.at(place),
                          tokenizer.decode(new long[] {text.at(place)}),
                          place,
                          data));
            });
    return text;
  }

  private static int window(OnnxModel model, LanguageModel net, TransferSpec spec)
      throws IOException {
    if (spec.text().window().isEmpty()) {
      int most = net.window(model, MOST_TRIED);
      if (most < 2) {
        throw BadData.of(
            "expected a model that takes windows of 2 tokens or more, %s does not run with %d; say of how many under 'window'"
                .formatted(model.file(), MOST_TRIED));
      }
      return most;
    }
    int asked = spec.text().window().getAsInt();
    if (!net.takes(model, asked)) {
      throw BadData.of(
          "%s does not take a window of %d tokens; take a smaller 'window', or leave it out"
              .formatted(model.file(), asked));
    }
    return asked;
  }

  private int window() {
    return heldOut.length();
  }

  /** One window. */
  List<Tensor> example() {
    Tensor ids = net.tokens(1, window());
    learned.put(0, window(), TokenText.appending(ids), following -> {});
    return net.inputs(ids);
  }

  @Override
  public long count() {
    return learned.windows(window());
  }

  @Override
  public List<Feed> inputs(int rows) {
    return net.learning(rows, window());
  }

  @Override
  public Criterion criterion() {
    return made -> {
      List<Long> shape = made.shape(net.logits());
      Feed next = made.input(NEXT, DataType.INT64, shape.subList(0, 2));
      Pair pair = new Pair(net.logits(), next.name(), shape, 1);
      Map<String, String> terms = loss.add(made.emit(), pair);
      return new Criterion.Terms(loss.total(made.emit(), terms), terms);
    };
  }

  @Override
  public Batches batches(int rows, int shards, long seed) {
    TextWindows windows = new TextWindows(learned, window(), rows * shards, seed);
    return (step, shard, into) -> {
      net.begin(into);
      windows.fill(step, shard, into);
    };
  }

  @Override
  public Scorer scorer() {
    return model -> {
      double perplexity = heldOut.of(model).getOrDefault(TextJudge.PERPLEXITY, Double.NaN);
      return new Score(TextJudge.PERPLEXITY, perplexity, false);
    };
  }

  @Override
  public Map<String, Double> figures(OnnxModel model) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>(heldOut.of(model));
    if (known.isPresent()) {
      known.get().of(model).forEach((name, value) -> figures.put(KNOWN + name, value));
    }
    return figures;
  }

  @Override
  public Map<String, byte[]> files() throws IOException {
    return Tokenizers.files(base);
  }
}
