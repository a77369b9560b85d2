/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.LikeliestTokens;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.PictureGrid;
import dev.sagui.quality.SpectrogramPicture;
import dev.sagui.recipe.Quantity;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Both models' first outputs, to be looked at; nothing runs before somebody looks. */
final class ComparePictures {
  private static final int IMAGES = 32;
  private static final int WAVES = 4;

  private final OnnxModel a;
  private final OnnxModel b;
  private final Samples samples;
  private final EvaluationOptions options;
  private Optional<Shown> shown = Optional.empty();

  /** Inputs, as many as are shown, and what A makes of them. */
  private record Shown(ModelKind kind, List<Tensor> inputs, List<Tensor> outputs) {}

  ComparePictures(OnnxModel a, OnnxModel b, Samples samples, EvaluationOptions options) {
    this.a = a;
    this.b = b;
    this.samples = samples;
    this.options = options;
  }

  private Shown shown() {
    if (shown.isEmpty()) {
      List<Tensor> one = samples.first(1);
      List<Tensor> outputs = run(a, one);
      ModelKind kind = options.kind().orElseGet(() -> ModelKind.of(a.facts(), one, outputs));
      int wanted = kind == ModelKind.IMAGE ? IMAGES : kind == ModelKind.AUDIO ? WAVES : 1;
      List<Tensor> inputs = samples.first(Math.min(wanted, samples.count()));
      shown = Optional.of(new Shown(kind, inputs, wanted == 1 ? outputs : run(a, inputs)));
    }
    return shown.get();
  }

  private static List<Tensor> run(OnnxModel model, List<Tensor> inputs) {
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      return session.run(inputs);
    }
  }

  /** Whether this kind of model gives something to look at. */
  boolean has() {
    ModelKind kind = shown().kind();
    return kind == ModelKind.IMAGE || kind == ModelKind.AUDIO;
  }

  /**
   * Draws images as a grid for each model, sound as spectrograms.
   *
   * @throws RejectedException BAD_REQUEST when there is nothing to look at
   */
  void write(Path png) throws IOException {
    if (!has()) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "--picture shows images and sound, and this is a %s model; leave it out, or give --kind"
              .formatted(shown().kind().name().toLowerCase(Locale.ROOT)));
    }
    Tensor first = shown().outputs().get(0);
    Tensor second = run(b, shown().inputs()).get(0);
    if (shown().kind() == ModelKind.IMAGE) {
      PictureGrid grid = new PictureGrid();
      grid.add(title(a), first);
      grid.add(title(b), second);
      grid.write(png);
    } else {
      SpectrogramPicture picture = new SpectrogramPicture(options.sampleRate());
      picture.add(title(a), first);
      picture.add(title(b), second);
      picture.write(png);
    }
  }

  private static String title(OnnxModel model) throws IOException {
    return "%s, %s".formatted(CompareReport.name(model), Quantity.size(model.sizeBytes()));
  }

  /** What both language models find likeliest after each token of the first sample. */
  List<LikeliestTokens.Row> tokens() {
    return shown().kind() == ModelKind.LANGUAGE
        ? LikeliestTokens.of(shown().inputs(), shown().outputs(), run(b, shown().inputs()))
        : List.of();
  }
}
