/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Time and memory of compressing: 402 MB of matrices, and calibration on few and many samples. */
final class QuantizeLarge implements Benchmark {
  private static final int LAYERS = 24;
  private static final int WIDTH = 2048;
  private static final int FEW = 10;
  private static final int MANY = 500;

  /** The peer keeps all samples' activations: so many must do. */
  private static final int PEER_MANY = 40;

  private static final List<String> NOTES =
      List.of(
          "402 MB: 24 MatMul 2048 × 2048 with Relu, external data; a fresh process each, wall time"
              + " with its start, peak of RssAnon and of VmRSS (mapped files included) looked at"
              + " every 2 ms. The pass reads, compresses and writes; the command measures quality,"
              + " latency and memory of what it wrote too.",
          "Judged on 64 noise samples, latency of one sample, in turns with fp32.",
          "Calibration: the ranges of all values of ESRGAN-slim by entropy, on pictures of 64 × 64;"
              + " the peer: onnxruntime's entropy calibrator. Time a sample: by the difference of"
              + " both runs.");

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final TableParts table;

  QuantizeLarge(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "quantize-large";
  }

  @Override
  public String summary() {
    return "time and memory of compressing 402 MB, and of calibration";
  }

  @Override
  public Table run(LocalDate today) {
    Optional<QuantizePeers> peers =
        withPeer ? Optional.of(QuantizePeers.install(workshop, progress)) : Optional.empty();
    table.part("402 MB", () -> chain(peers));
    table.part("Calibration", () -> calibration(peers));
    return table.table(
        this,
        "Quantization: time and memory",
        today,
        TableParts.peerOption(withPeer),
        Optional.of(peers.map(QuantizePeers::versions).orElse("no peer")),
        NOTES);
  }

  private void chain(Optional<QuantizePeers> peers) {
    QuantizeSubject subject = subject();
    QuantizeCost cost = new QuantizeCost(workshop, subject, progress);
    Optional<QuantizeCost.Made> int8 = peers.map(tools -> cost.peer(tools, "ort-dynamic-s8"));
    cost.ours(QuantizeRecipes.plainDynamicInt8(), int8, 0.2, 0.1);
    cost.ours(QuantizeRecipes.storeInt8(1), int8, 0.2, 0.1);
    cost.command(QuantizeRecipes.storeInt8(1));
    Optional<QuantizeCost.Made> four = peers.map(tools -> cost.peer(tools, "ort-4bit-b32"));
    QuantizeTargets wanted =
        four.flatMap(QuantizeCost.Made::scores)
            .map(s -> QuantizeTargets.size(s.percent()).latency(s.latency().get(0) * 1.05))
            .orElse(QuantizeTargets.NONE);
    cost.ours(QuantizeRecipes.fourBitSymmetric(wanted.sqnr(16)), four, Double.NaN, Double.NaN);
    table.addAll(cost.rows());
  }

  private QuantizeSubject subject() {
    Path model = new ChainModel(LAYERS, WIDTH).write(workshop.cache().resolve("chain-402mb"));
    List<List<Tensor>> judged = noise(2, 64);
    return QuantizeSubject.plain(
        "402 MB",
        model,
        NpzFile.write(workshop.scratch().resolve("chain.npz"), noise(1, 64)),
        judged,
        List.of(new QuantizeSubject.Timed("", judged.get(0))));
  }

  private static List<List<Tensor>> noise(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Tensor>> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] values = new float[WIDTH];
      for (int k = 0; k < WIDTH; k++) {
        values[k] = (float) random.nextDouble() - 0.5f;
      }
      runs.add(List.of(Tensor.of("x0", values, 1, WIDTH)));
    }
    return runs;
  }

  private void calibration(Optional<QuantizePeers> peers) {
    Path model = workshop.root().resolve("deploy/demo/models/esrgan-slim-x2.onnx");
    Optional<QuantizeCost.Calibration> peer =
        peers.map(
            tools ->
                new QuantizeCost.Calibration(
                    FEW, entropy(tools, model, FEW), PEER_MANY, entropy(tools, model, PEER_MANY)));
    QuantizeCost.Calibration ours =
        new QuantizeCost.Calibration(FEW, own(model, FEW), MANY, own(model, MANY));
    table.add(
        Row.judged(
            "Calibration, peak anonymous memory, MB: of few and of many samples",
            ours.memory(),
            peer.map(QuantizeCost.Calibration::memory).orElse(Row.NONE),
            List.of(Goal.atMost(ours.growth(), 1.1, "%.2f × that of " + FEW))));
    double perSample = ours.secondsPerSample();
    table.add(
        Row.judged(
            "Calibration, ms a sample",
            String.format(Locale.ROOT, "%.1f", perSample * 1e3),
            peer.map(p -> String.format(Locale.ROOT, "%.1f", p.secondsPerSample() * 1e3))
                .orElse(Row.NONE),
            peer.map(p -> List.of(Goal.atMost(perSample / p.secondsPerSample(), 0.25, "%.2f ×")))
                .orElse(List.of())));
  }

  private MeasuredRun entropy(QuantizePeers tools, Path model, int samples) {
    progress.accept("Calibration: ort-entropy on " + samples);
    Path out = workshop.scratch().resolve("entropy.onnx");
    return tools.run("ort-entropy", model, pictures(samples), out);
  }

  private MeasuredRun own(Path model, int samples) {
    progress.accept("Calibration: ours on " + samples);
    List<String> arguments = List.of(model.toString(), pictures(samples).toString());
    String main = CalibrationProgram.class.getName();
    return QuantizeCost.java(workshop, "calibration", main, arguments);
  }

  private Path pictures(int count) {
    Path file = workshop.scratch().resolve("pictures-%d.npz".formatted(count));
    return NpzFile.write(file, QuantizeGenerators.pictures(1, count));
  }
}
