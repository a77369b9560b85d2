/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.LikeliestTokens;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.PictureGrid;
import dev.sagui.quality.Recordings;
import dev.sagui.quality.SpectrogramPicture;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.run.text.Tokenizer;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What two models make of the same samples, as HTML that needs no other files: pictures, sound with
 * its spectrograms, or texts. One of the models is in memory at a time.
 *
 * @param a the model as it came
 */
public record SideBySide(Side a, Side b, int threads) {
  private static final int IMAGES = 8;
  private static final int WAVES = 2;

  /** Of one model's outputs; more would make the page heavy. */
  private static final int MOST_BYTES = 1_000_000;

  /** A model and what it is called. */
  public record Side(String title, OnnxModel model) {}

  /**
   * Empty where there is nothing to show.
   *
   * @param kind of both models
   */
  public String html(ModelKind kind, Samples samples) throws IOException {
    return switch (kind) {
      case IMAGE -> images(samples);
      case AUDIO -> waves(samples);
      case LANGUAGE -> texts(samples);
      case VECTOR -> "";
    };
  }

  private String images(Samples samples) throws IOException {
    int bytes = run(a, samples.first(1)).get(0).data().remaining();
    int shown = Math.min(IMAGES, MOST_BYTES / Math.max(1, bytes));
    if (shown == 0) {
      return "";
    }
    List<Tensor> inputs = samples.first(Math.min(shown, samples.count()));
    PictureGrid grid = new PictureGrid();
    grid.add(a.title(), run(a, inputs).get(0));
    grid.add(b.title(), run(b, inputs).get(0));
    return picture("The same samples by %s, above, and by %s, below", grid.encoded());
  }

  private String waves(Samples samples) throws IOException {
    double rate = EvaluationOptions.DEFAULT.sampleRate();
    List<Tensor> inputs = samples.first(Math.min(WAVES, samples.count()));
    Tensor first = run(a, inputs).get(0);
    Tensor second = run(b, inputs).get(0);
    List<byte[]> before = Recordings.of(first, WAVES, (int) rate);
    List<byte[]> after = Recordings.of(second, WAVES, (int) rate);
    StringBuilder html = new StringBuilder();
    for (int wave = 0; wave < Math.min(before.size(), after.size()); wave++) {
      html.append(player(a, wave, before.get(wave))).append(player(b, wave, after.get(wave)));
    }
    SpectrogramPicture spectrograms = new SpectrogramPicture(rate);
    spectrograms.add(a.title(), first);
    spectrograms.add(b.title(), second);
    return html.append(picture("Spectrograms of %s and of %s", spectrograms.encoded())).toString();
  }

  private String texts(Samples samples) throws IOException {
    List<Tensor> inputs = samples.first(1);
    List<LikeliestTokens.Row> rows = LikeliestTokens.of(inputs, run(a, inputs), run(b, inputs));
    if (rows.isEmpty()) {
      return "";
    }
    long same = rows.stream().filter(row -> row.reference() == row.candidate()).count();
    Tokenizer tokenizer = Tokenizers.beside(a.model().file());
    return "<p>The likeliest next token after each of a text's first %d: the same after %d.</p>"
            .formatted(rows.size(), same)
        + text(a, tokenizer, rows, LikeliestTokens.Row::reference)
        + text(b, tokenizer, rows, LikeliestTokens.Row::candidate);
  }

  private static String text(
      Side side,
      Tokenizer tokenizer,
      List<LikeliestTokens.Row> rows,
      ToIntFunction<LikeliestTokens.Row> token) {
    String told = tokenizer.decode(rows.stream().mapToInt(token).asLongStream().toArray());
    return "<figure><figcaption>%s</figcaption><blockquote>%s</blockquote></figure>\n"
        .formatted(HtmlText.escape(side.title()), HtmlText.escape(told));
  }

  private List<Tensor> run(Side side, List<Tensor> inputs) throws IOException {
    try (OrtModel session = OrtModel.open(side.model(), threads, false)) {
      return session.run(inputs);
    }
  }

  private String picture(String told, byte[] png) {
    return "<img class=\"outputs\" alt=\"%s\" src=\"data:image/png;base64,%s\">\n"
        .formatted(HtmlText.escape(told.formatted(a.title(), b.title())), encoded(png));
  }

  private static String player(Side side, int wave, byte[] wav) {
    return ("<figure><figcaption>%d: %s</figcaption>"
            + "<audio controls preload=\"none\" src=\"data:audio/wav;base64,%s\"></audio></figure>\n")
        .formatted(wave + 1, HtmlText.escape(side.title()), encoded(wav));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
