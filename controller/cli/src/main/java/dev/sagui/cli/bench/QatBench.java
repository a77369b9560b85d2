/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.CompressionReport;
import dev.sagui.recipe.RecipeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Training on the integers that ship, beside rounding what was trained in float32. */
final class QatBench implements Benchmark {
  private static final int THREADS = 2;
  private static final String BEGINNING =
      """
      seed: 7
      data: latent:normal:7:512
      steps:
      - fold
      - prune: {structured: 0.6}
      - finetune: {steps: 300}
      """;

  private static final String TRAINED = "- finetune: {steps: 300}\n";

  private static final List<String> NOTES =
      List.of(
          "Every row goes on from the same float32 net: 60 % of the multiplications removed,"
              + " repaired, 300 steps of `finetune`. Ours: the format, then 300 steps more on its"
              + " integers; beside it the format alone, in the same form and bytes.",
          "PSNR against the demo's VAE decoder on held-out latents and bytes of the files, as"
              + " `report.json` has them; %d threads.".formatted(THREADS));

  private final Workshop workshop;
  private final TableParts table;

  QatBench(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "train-qat";
  }

  @Override
  public String summary() {
    return "int4 and int8 trained as they ship beside rounded ones";
  }

  @Override
  public Table run(LocalDate today) {
    table.part("VAE decoder", this::decoder);
    return table.table(this, "Quantization-aware training", today, "", Optional.empty(), NOTES);
  }

  private void decoder() {
    try {
      Path model = workshop.root().resolve("deploy/demo/models/fashion-vae-decoder.onnx");
      Compression compression = new Compression(THREADS, Optional.empty());
      Compression.Beginning begun =
          compression.begin(
              model, RecipeFile.parse(BEGINNING), workshop.folder("begun"), Progress.NONE);
      Forms forms = new Forms(compression, model, begun);
      CompressionReport plain = forms.made("");
      table.add(Row.alone("60 % removed, float32", text(plain)));
      add(forms, plain, "int4", "- store: {weights: int4}\n", 2);
      add(forms, plain, "static int8", "- quantize: {weights: int8, activations: int8}\n", 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Recipes that go on from a beginning. */
  private final class Forms {
    private final Compression compression;
    private final Path model;
    private final Compression.Beginning begun;

    Forms(Compression compression, Path model, Compression.Beginning begun) {
      this.compression = compression;
      this.model = model;
      this.begun = begun;
    }

    CompressionReport made(String steps) throws IOException {
      return compression.compress(
          model, RecipeFile.parse(BEGINNING + steps), begun, workshop.folder("qat"), Progress.NONE);
    }
  }

  /**
   * @param gain decibels over rounding; 0 where there is nothing to regain but half a decibel to
   *     float32
   */
  private void add(Forms forms, CompressionReport plain, String format, String steps, double gain)
      throws IOException {
    CompressionReport rounded = forms.made(steps);
    CompressionReport trained = forms.made(steps + TRAINED);
    List<Goal> goals = new ArrayList<>();
    goals.add(
        Goal.atMost(
            (double) trained.output().bytes(),
            (double) rounded.output().bytes(),
            "%.0f bytes, as rounded"));
    goals.add(
        gain > 0
            ? Goal.atLeast(psnr(trained) - psnr(rounded), gain, "%.1f dB over rounded")
            : Goal.atLeast(psnr(trained) - psnr(plain), -0.5, "%.1f dB against float32"));
    table.add(
        Row.judged("60 % removed, " + format, text(trained), "rounded: " + text(rounded), goals));
  }

  private static String text(CompressionReport report) {
    return String.format(Locale.ROOT, "%.1f dB, %,d bytes", psnr(report), report.output().bytes());
  }

  private static double psnr(CompressionReport report) {
    return report.comparison().orElseThrow().quality().psnrDb();
  }
}
