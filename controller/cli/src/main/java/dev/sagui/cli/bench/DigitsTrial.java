/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.fold.Scratch;
import dev.sagui.json.Json;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.training.TrainingJob;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.run.DataSpec;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import dev.sagui.train.folder.RunResult;
import dev.sagui.train.folder.RunWatch;
import dev.sagui.transfer.Transfer;
import dev.sagui.transfer.TransferSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The demo's autoencoder of clothes learns digits in half of its multiplications, beside the same
 * nets from random weights.
 */
final class DigitsTrial {
  /** Digits of a run, that it learns and that choose when to stop. */
  static final int LEARNT = 160;

  static final int STOPPING = 40;

  /** Digits that no run sees. */
  static final int JUDGED = 1000;

  static final int STEPS = 300;
  static final int BATCH = 32;
  static final int THREADS = 2;

  private final Workshop workshop;
  private final Digits digits;
  private final Halves original;
  private final Path judged;

  DigitsTrial(Workshop workshop, Digits digits) {
    this.workshop = workshop;
    this.digits = digits;
    Path demo = workshop.root().resolve("deploy/demo/models");
    this.original =
        new Halves(
            demo.resolve("fashion-vae-decoder.onnx"), demo.resolve("fashion-vae-encoder.onnx"));
    this.judged = Digits.write(workshop.scratch().resolve("judged.idx"), digits.held(JUDGED));
  }

  /** An autoencoder's files. */
  private record Halves(Path decoder, Path encoder) {}

  /**
   * @param nats of the negative evidence lower bound of what no run sees
   */
  record Trained(double nats, double seconds) {}

  /**
   * What one seed gave.
   *
   * @param flops to those of the original
   * @param slow from scratch at rate 1e-3
   * @param fast from scratch at rate 3e-3
   */
  record Outcome(double flops, Trained adapted, Trained slow, Trained fast) {}

  /** Nats of the original. */
  double unadapted() {
    return nats(recipe(original, judged, judged));
  }

  /** Nats of the simpler net before it adapts, of the first seed. */
  double narrowed() {
    return nats(with(simpler(workshop.folder("digits"), 0), "held-out", "idx:" + judged));
  }

  Outcome of(int seed) {
    Path folder = workshop.folder("digits");
    Map<String, Object> recipe = simpler(folder, seed);
    try {
      Run adapted = run(folder.resolve("adapted"), recipe);
      recipe.remove("student");
      recipe.putAll(bases(random(adapted.made(), folder, seed)));
      return new Outcome(
          flops(adapted.made()) / flops(original),
          adapted.trained(),
          run(folder.resolve("slow"), recipe).trained(),
          run(folder.resolve("fast"), with(recipe, "optimizer", rate(3e-3))).trained());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, Object> simpler(Path folder, int seed) {
    Path learnt = Digits.write(folder.resolve("learnt.idx"), digits.drawn(0, LEARNT, seed));
    Path stopping =
        Digits.write(folder.resolve("stopping.idx"), digits.drawn(LEARNT, STOPPING, seed));
    Map<String, Object> recipe = recipe(original, learnt, stopping);
    recipe.put("seed", seed);
    recipe.put("student", Map.of("flops", 0.5));
    return recipe;
  }

  private static Map<String, Object> bases(Halves halves) {
    return Map.of("base", halves.decoder().toString(), "encoder", halves.encoder().toString());
  }

  static Map<String, Object> rate(double rate) {
    return Map.of("adam", Map.of("rate", rate));
  }

  private static Map<String, Object> with(Map<String, Object> recipe, String key, Object value) {
    Map<String, Object> other = new LinkedHashMap<>(recipe);
    other.put(key, value);
    return other;
  }

  private static Map<String, Object> recipe(Halves base, Path data, Path heldOut) {
    Map<String, Object> recipe = new LinkedHashMap<>(bases(base));
    recipe.put("data", "idx:" + data);
    recipe.put("held-out", "idx:" + heldOut);
    recipe.put("batch", BATCH);
    recipe.put("steps", STEPS);
    recipe.put("average", 0.97);
    recipe.put("score-every", 25);
    recipe.put("optimizer", rate(1e-3));
    return recipe;
  }

  private record Run(Halves made, Trained trained) {}

  private Run run(Path folder, Map<String, Object> recipe) {
    long start = System.nanoTime();
    Path decoder = transferred(folder, recipe).model().orElseThrow().file();
    double seconds = (System.nanoTime() - start) / 1e9;
    Halves made = new Halves(decoder, decoder.resolveSibling("encoder").resolve("model.onnx"));
    return new Run(made, new Trained(nats(recipe(made, judged, judged)), seconds));
  }

  /** As {@code sagui transfer} does it. */
  static RunResult transferred(Path folder, Map<String, Object> recipe) {
    try {
      Path file = Files.write(Path.of(folder + ".yaml"), Json.write(recipe));
      TrainingJob job =
          new TrainingJob(
              TrainingVerb.TRANSFER, file, Optional.of(folder), OptionalInt.of(THREADS));
      return job.start(RunWatch.NONE, Progress.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Before it adapts. */
  private static double nats(Map<String, Object> recipe) {
    try (Scratch scratch = Scratch.create()) {
      return Transfer.of(TransferSpec.parse(recipe), scratch, Progress.NONE).before().value();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Halves random(Halves halves, Path folder, long seed) throws IOException {
    return new Halves(
        random(halves.decoder(), Files.createDirectory(folder.resolve("decoder")), 2 * seed),
        random(halves.encoder(), Files.createDirectory(folder.resolve("encoder")), 2 * seed + 1));
  }

  private static Path random(Path model, Path folder, long seed) throws IOException {
    OnnxModel random = RandomWeights.of(OnnxModel.open(model), seed);
    return ModelWriter.write(random, folder, Progress.NONE).get(0);
  }

  private static double flops(Halves halves) throws IOException {
    return flops(halves.decoder(), DataSpec.latents(0, 1))
        + flops(halves.encoder(), DataSpec.noise(0, 1));
  }

  private static double flops(Path file, DataSpec data) throws IOException {
    Samples samples = Samples.of(OnnxModel.open(file), Map.of("", data));
    return RunCost.measure(file, samples.first(1)).flops();
  }
}
