/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Training steps beside PyTorch: time, memory, gradients, and what a second thread gives. */
final class TrainBench implements Benchmark {
  private static final int ROUNDS = 8;
  private static final int STEPS = 10;

  private static final List<String> NOTES =
      List.of(
          "A step: forward, L1, backward and Adam on one batch; the same graph, weights and samples"
              + " in both, which take turns of %d steps; 10th percentile of %d steps."
                  .formatted(STEPS, ROUNDS * STEPS),
          "Where the CPU has AVX512, PyTorch's products (MKL, oneDNN) and ONNX Runtime's use it;"
              + " ratios on AVX2 alone are others.",
          "Two threads: ours share the batch between two sessions of one thread each; PyTorch's"
              + " share each operator.",
          "Memory: VmHWM of each process at its end, with the JVM (-Xms16m), and with Python and"
              + " PyTorch.",
          "Gradient: max|Δ| / max|g| of the worst parameter, before the first step, against the same"
              + " net in float64 (PyTorch's). What is the same for all of a Softmax's scores changes"
              + " nothing, so that a key's bias has none: what rounding makes of it, to the net's"
              + " largest.");

  private record Subject(String what, OnnxModel net, String input, long... shape) {}

  private final Workshop workshop;
  private final boolean withPeer;
  private final TableParts table;
  private final List<Double> ratios = new ArrayList<>();
  private Optional<TrainPeer> peer = Optional.empty();

  TrainBench(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "training steps beside PyTorch";
  }

  private List<Subject> subjects() throws IOException {
    Path models = workshop.root().resolve("deploy/demo/models");
    return List.of(
        new Subject("generator 16 × 16", TrainNets.generator(64, 16, 1, 64, 32, 16), "z", 64, 64),
        new Subject("generator 28 × 28", TrainNets.generator(64, 28, 1, 48, 32, 16), "z", 64, 64),
        new Subject(
            "generator 32 × 32 × 3", TrainNets.generator(64, 32, 3, 96, 64, 32), "z", 64, 64),
        new Subject(
            "VAE decoder", OnnxModel.open(models.resolve("fashion-vae-decoder.onnx")), "z", 32, 32),
        new Subject("transformer block", TrainNets.transformer(128, 4, 512), "x", 16, 64, 128),
        new Subject("character LSTM", TrainNets.lstm(64, 128), "x", 32, 64, 64));
  }

  @Override
  public Table run(LocalDate today) {
    peer = withPeer ? Optional.of(TrainPeer.install(workshop)) : Optional.empty();
    try {
      for (Subject subject : subjects()) {
        table.part(subject.what(), () -> measure(subject));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!ratios.isEmpty()) {
      double mean = Math.exp(ratios.stream().mapToDouble(Math::log).average().orElse(0));
      table.add(
          Row.judged(
              "geometric mean of the ratios, 1 thread",
              String.format(Locale.ROOT, "%.2f ×", mean),
              Row.NONE,
              List.of(Goal.atMost(mean, 0.95, "%.2f ×"))));
    }
    return table.table(
        this,
        "Training steps",
        today,
        TableParts.peerOption(withPeer),
        Optional.of(peer.map(TrainPeer::versions).orElse("no peer")),
        NOTES);
  }

  private void measure(Subject subject) {
    try {
      Path folder = workshop.folder(subject.what());
      ModelWriter.write(subject.net(), folder, Progress.NONE);
      Path model = folder.resolve(ModelWriter.MODEL_FILE);
      Path samples = Files.write(folder.resolve("samples"), samples(subject, model));
      TrainRace one = race(model, samples, 1);
      table.add(
          Row.beside(subject.what() + ", step, ms", "%.1f", one.ours(), one.peers()).atMost(1.3));
      one.peers().ifPresent(peers -> ratios.add(one.ours() / peers));
      table.add(
          Row.beside(
                  subject.what() + ", peak memory, MB",
                  "%.0f",
                  one.megabytes(),
                  one.peersMegabytes())
              .atMost(0.4));
      if (peer.isPresent()) {
        table.addAll(TrainGradients.of(workshop, peer.get(), model, samples).rows(subject.what()));
      }
      TrainRace two = race(model, samples, 2);
      double gain = one.ours() / two.ours();
      table.add(
          Row.judged(
              subject.what() + ", 2 threads: step, ms; gain; CPU s",
              text(two.ours(), gain, two.cpuSeconds()),
              two.peers().isPresent()
                  ? text(
                      two.peers().getAsDouble(),
                      one.peers().orElse(Double.NaN) / two.peers().getAsDouble(),
                      two.peersCpuSeconds())
                  : Row.NONE,
              List.of(Goal.atLeast(gain, 1.7, "%.2f ×"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(double millis, double gain, double cpu) {
    return String.format(Locale.ROOT, "%.1f; %.2f ×; %.1f", millis, gain, cpu);
  }

  private TrainRace race(Path model, Path samples, int threads) throws IOException {
    return TrainRace.run(workshop, peer, model, samples, threads, ROUNDS, STEPS);
  }

  /** Inputs, and as a target noise of the output's shape. */
  private static byte[] samples(Subject subject, Path model) {
    Tensor input = noise(subject.input(), 1, subject.shape());
    try (OrtModel session = OrtModel.open(model, 1)) {
      Tensor output = session.run(List.of(input)).get(0);
      return Safetensors.write(List.of(input, noise("target", 2, output.shapeArray())));
    }
  }

  private static Tensor noise(String name, long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    long count = java.util.Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(name, values, shape);
  }
}
