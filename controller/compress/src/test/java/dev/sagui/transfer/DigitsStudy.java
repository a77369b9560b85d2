/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.DataSpec;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import dev.sagui.train.Score;
import dev.sagui.train.Trainables;
import dev.sagui.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The demo's autoencoder of clothes, at half its multiplications, learns handwritten digits from
 * 200 of them, beside the same architecture from random weights and the same steps, and the
 * unadapted original; judged by 1,000 other digits, over five seeds.
 *
 * <p>Of the 200, 40 choose when to stop, for both alike. Run with {@code java … DigitsStudy STEPS}.
 */
final class DigitsStudy {
  private static final Path DEMO = Path.of("../../deploy/demo/models");
  private static final int SEEDS = 5;
  private static final double T_975_OF_4 = 2.776;
  private static final int LEARNT = 160;
  private static final int STOPPING = 40;
  private static final int JUDGED = 1000;
  private static final int EVERY = 25;
  private static final double[] SCRATCH_RATES = {1e-3, 3e-3};

  private final Digits digits;
  private final Path folder;
  private final int steps;

  private DigitsStudy(Digits digits, Path folder, int steps) {
    this.digits = digits;
    this.folder = folder;
    this.steps = steps;
  }

  public static void main(String[] args) throws IOException {
    Digits digits = Digits.find().orElseThrow();
    Path folder = Files.createTempDirectory("digits-study");
    new DigitsStudy(digits, folder, Integer.parseInt(args[0])).run();
  }

  private record Halves(Path decoder, Path encoder) {}

  private void run() throws IOException {
    Halves original =
        new Halves(
            DEMO.resolve("fashion-vae-decoder.onnx"), DEMO.resolve("fashion-vae-encoder.onnx"));
    Path held = digits.held(folder.resolve("held.idx"), JUDGED);
    double unadapted = judged(original, held);
    say("unadapted original: %.2f nats", unadapted);
    Halves student = student(original);
    say("pruned, not adapted: %.2f nats", judged(student, held));
    say(
        "decoder's FLOPs: %.3f of the original's; encoder's: %.3f",
        flops(student.decoder(), false) / flops(original.decoder(), false),
        flops(student.encoder(), true) / flops(original.encoder(), true));
    double[] adapted = new double[SEEDS];
    double[][] scratch = new double[SCRATCH_RATES.length][SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
      Path learnt = digits.drawn(folder.resolve("learnt.idx"), 0, LEARNT, seed);
      Path stopping = digits.drawn(folder.resolve("stopping.idx"), LEARNT, STOPPING, seed);
      adapted[seed] = trained(student, learnt, stopping, held, 1e-3, seed);
      Halves random = random(student, seed);
      for (int i = 0; i < SCRATCH_RATES.length; i++) {
        scratch[i][seed] = trained(random, learnt, stopping, held, SCRATCH_RATES[i], seed);
      }
      say(
          "seed %d: adapted %.2f, from scratch %.2f (rate 1e-3), %.2f (3e-3)",
          seed, adapted[seed], scratch[0][seed], scratch[1][seed]);
    }
    for (int i = 0; i < SCRATCH_RATES.length; i++) {
      margin(
          "better than from scratch at rate %s".formatted(SCRATCH_RATES[i]), scratch[i], adapted);
    }
    double[] same = new double[SEEDS];
    java.util.Arrays.fill(same, unadapted);
    margin("better than the unadapted original", same, adapted);
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }

  private static void margin(String what, double[] worse, double[] better) {
    double mean = 0;
    for (int i = 0; i < SEEDS; i++) {
      mean += (worse[i] - better[i]) / SEEDS;
    }
    double power = 0;
    for (int i = 0; i < SEEDS; i++) {
      power += Math.pow(worse[i] - better[i] - mean, 2) / (SEEDS - 1);
    }
    double half = T_975_OF_4 * Math.sqrt(power / SEEDS);
    say("%s: %.2f nats, 95 %% confidence %.2f to %.2f", what, mean, mean - half, mean + half);
  }

  private Map<String, Object> recipe(Halves halves, Path data, Path heldOut) {
    Map<String, Object> recipe = new HashMap<>();
    recipe.put("base", halves.decoder());
    recipe.put("encoder", halves.encoder());
    recipe.put("data", "idx:" + data);
    recipe.put("held-out", "idx:" + heldOut);
    recipe.put("batch", 32);
    recipe.put("steps", steps);
    recipe.put("average", 0.97);
    recipe.put("threads", 2);
    return recipe;
  }

  private double judged(Halves halves, Path held) throws IOException {
    try (Scratch scratch = Scratch.create()) {
      TransferSpec spec = TransferSpec.parse(recipe(halves, held, held));
      return Transfer.of(spec, scratch, Progress.NONE).before().value();
    }
  }

  private Halves student(Halves original) throws IOException {
    Path some = digits.drawn(folder.resolve("some.idx"), 0, LEARNT, 0);
    Map<String, Object> recipe = recipe(original, some, some);
    recipe.put("student", Map.of("flops", 0.5));
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = Transfer.of(TransferSpec.parse(recipe), scratch, Progress.NONE);
      return written(transfer.models(), "student");
    }
  }

  private Halves written(Map<String, OnnxModel> models, String name) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String half : List.of("decoder", "encoder")) {
      Path at = Files.createDirectories(folder.resolve(name + "-" + half));
      for (Path old : Files.list(at).toList()) {
        Files.delete(old);
      }
      files.add(ModelWriter.write(models.get(half), at, Progress.NONE).get(0));
    }
    return new Halves(files.get(0), files.get(1));
  }

  private double trained(
      Halves halves, Path learnt, Path stopping, Path held, double rate, long seed)
      throws IOException {
    Map<String, Object> recipe = recipe(halves, learnt, stopping);
    recipe.put("optimizer", Map.of("adam", Map.of("rate", rate)));
    recipe.put("seed", seed);
    TransferSpec spec = TransferSpec.parse(recipe);
    try (Scratch scratch = Scratch.create()) {
      Transfer transfer = Transfer.of(spec, scratch, Progress.NONE);
      Score best = transfer.before();
      Map<String, OnnxModel> models = transfer.models();
      try (Training training = transfer.training(spec.keys().trainer())) {
        while (training.done() < training.steps()) {
          training.step();
          if (training.done() % EVERY == 0) {
            Score now = training.score();
            models = now.betterThan(best) ? training.models() : models;
            best = now.betterThan(best) ? now : best;
          }
        }
      }
      return judged(written(models, "best"), held);
    }
  }

  /** The same graphs with He's random weights (2015) and no biases. */
  private Halves random(Halves halves, long seed) throws IOException {
    return written(
        Map.of(
            "decoder", random(OnnxModel.open(halves.decoder()), 2 * seed),
            "encoder", random(OnnxModel.open(halves.encoder()), 2 * seed + 1)),
        "random");
  }

  private static OnnxModel random(OnnxModel model, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, List<Long>> weights = Trainables.of(model, name -> true);
    GraphProto.Builder graph = model.graph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto old = graph.getInitializer(i);
      List<Long> dims = weights.get(old.getName());
      if (dims != null) {
        long count = dims.stream().reduce(1L, (a, b) -> a * b);
        double deviation = dims.size() < 2 ? 0 : Math.sqrt(2 / fanIn(model, old.getName(), dims));
        double[] values = random.doubles(count).map(u -> 0).toArray();
        for (int k = 0; k < values.length; k++) {
          values[k] = deviation * random.nextGaussian();
        }
        graph.setInitializer(
            i, TensorValues.floats(dims, values).toBuilder().setName(old.getName()));
      }
    }
    return model.with(model.proto().toBuilder().setGraph(graph).build());
  }

  /** Numbers that make up one output. */
  private static double fanIn(OnnxModel model, String weight, List<Long> dims) {
    Node node = new Graph(model).users(weight).get(0);
    double count = dims.stream().reduce(1L, (a, b) -> a * b);
    if (node.is("ConvTranspose")) {
      double strides = node.integers("strides").stream().reduce(1L, (a, b) -> a * b);
      return count / dims.get(1) / strides;
    }
    boolean first = node.is("Conv") || node.integer("transB", 0) == 1;
    return count / dims.get(first ? 0 : 1);
  }

  private static double flops(Path file, boolean pictures) throws IOException {
    OnnxModel model = OnnxModel.open(file);
    DataSpec data = pictures ? DataSpec.noise(0, 1) : DataSpec.latents(0, 1);
    return RunCost.measure(file, Samples.of(model, Map.of("", data)).first(1)).flops();
  }
}
