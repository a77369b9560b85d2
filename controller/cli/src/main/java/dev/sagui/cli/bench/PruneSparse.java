/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.ModelWriter;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Zeros among the weights: what outputs keep, what files take on the wire, what pruning takes. */
final class PruneSparse implements Benchmark {
  private static final int SEEN = 4096;
  private static final int JUDGED = 1024;
  private static final List<String> HEAP = List.of("-Xmx80m", "-Xmn6m");

  private static final List<String> NOTES =
      List.of(
          "Layer: a MatMul 2048 × 2048 of seeded weights; inputs of 256 factors of power 1/k with"
              + " noise, channels of power 1/j; 4096 vectors are seen, 1024 others judged.",
          "Bytes: the int8 tensors alone, in chunks of 120 KiB as controllers send them, beside"
              + " zstd -19 of the same bytes as one file; and whole models. Zeros take no less on"
              + " flash, and no kernel is faster for them.",
          "Decoding: this thread's CPU time of output bytes, best of 20.",
          "402 MB: 24 MatMul 2048 × 2048 with Relu; a process of its own, with as little heap as it"
              + " runs in (-Xmx80m -Xmn6m), peak of VmRSS.");

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final TableParts table;

  PruneSparse(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "prune-sparse";
  }

  @Override
  public String summary() {
    return "weights that become zero: quality, bytes on the wire beside zstd, memory";
  }

  @Override
  public Table run(LocalDate today) {
    table.part("Layer 2048²", this::layer);
    table.part("Fashion VAE decoder", this::decoder);
    table.part("402 MB, SparseGPT of 50 %", this::large);
    return table.table(
        this,
        "Pruning: single weights",
        today,
        TableParts.peerOption(withPeer),
        Optional.of(withPeer ? PruneBytes.peerVersion(workshop) : "no peer"),
        NOTES);
  }

  private void layer() {
    SparseLayer layer = new SparseLayer();
    Path model = SparseLayer.model(workshop.cache().resolve("layer-2048"));
    QuantizeSubject subject =
        QuantizeSubject.plain(
            "2048²",
            model,
            NpzFile.write(workshop.scratch().resolve("layer.npz"), layer.inputs(1, SEEN)),
            QuantizeRuns.split(List.of(joined(layer.inputs(2, JUDGED))), JUDGED),
            List.of());
    double magnitude = sqnr(subject, "select: magnitude, repair: none");
    double wanda = sqnr(subject, "select: wanda, repair: none");
    double gpt = sqnr(subject, "select: sparsegpt, repair: none");
    double fitted = sqnr(subject, "select: sparsegpt, repair: least-squares");
    table.add(
        Row.judged(
            "Layer 2048², 50 % zeros, SQNR: magnitude, Wanda, SparseGPT, then least squares",
            String.format(Locale.ROOT, "%.1f, %.1f, %.1f, %.1f dB", magnitude, wanda, gpt, fitted),
            Row.NONE,
            List.of(
                Goal.atLeast(wanda - magnitude, 2.5, "%.1f dB, Wanda over magnitude"),
                Goal.atLeast(gpt - wanda, 4, "%.1f dB, SparseGPT over Wanda"))));
    PruneBytes bytes = new PruneBytes(workshop, withPeer);
    List<Double> reached = new ArrayList<>();
    for (int percent : new int[] {50, 80, 90}) {
      Path out = made(subject, percentSteps(percent) + ", store: {weights: int8}");
      reached.add(judged(subject, out));
      double gain = percent == 80 ? 0.92 : percent == 90 ? 0.88 : 1;
      table.addAll(bytes.rows("Layer 2048², %d %% zeros, int8".formatted(percent), out, gain));
    }
    Path four = made(subject, "quantize: {weights: int4, method: gptq, block: 32}");
    table.add(
        Row.alone(
            "Layer 2048², int4 (GPTQ) on the wire beside 50, 80, 90 % zeros with int8",
            String.format(
                Locale.ROOT,
                "%,d bytes, %.1f dB; %.1f, %.1f, %.1f dB",
                PruneBytes.onWire(four),
                judged(subject, four),
                reached.get(0),
                reached.get(1),
                reached.get(2))));
  }

  private static String percentSteps(int percent) {
    return "prune: {unstructured: 0.%d}".formatted(percent);
  }

  private static Tensor joined(List<List<Tensor>> runs) {
    float[] all = new float[runs.size() * SparseLayer.WIDTH];
    for (int i = 0; i < runs.size(); i++) {
      System.arraycopy(
          runs.get(i).get(0).floats(), 0, all, i * SparseLayer.WIDTH, SparseLayer.WIDTH);
    }
    return Tensor.of("x0", all, runs.size(), SparseLayer.WIDTH);
  }

  private double sqnr(QuantizeSubject subject, String how) {
    return judged(subject, made(subject, "prune: {unstructured: 0.5, %s}".formatted(how)));
  }

  private static double judged(QuantizeSubject subject, Path out) {
    return QuantizeJudge.scores(subject, out.resolve(ModelWriter.MODEL_FILE)).sqnrDb();
  }

  private Path made(QuantizeSubject subject, String steps) {
    return made(subject.model(), "npz:" + subject.calibration(), steps);
  }

  private Path made(Path model, String data, String steps) {
    progress.accept(steps);
    return QuantizeProgram.made(workshop, "sparse", model, data, "[" + steps + "]");
  }

  private void decoder() {
    Path model = workshop.root().resolve("deploy/demo/models/fashion-vae-decoder.onnx");
    PruneBytes bytes = new PruneBytes(workshop, withPeer);
    for (int percent : new int[] {50, 80, 90}) {
      String steps = percentSteps(percent) + ", store: {weights: int8}";
      Path out = made(model, "latent:normal:1:256", steps);
      double gain = percent == 80 ? 0.935 : percent == 90 ? 0.89 : 1;
      table.addAll(bytes.rows("VAE decoder, %d %% zeros, int8".formatted(percent), out, gain));
    }
  }

  private void large() {
    Path model = new ChainModel(24, 2048).write(workshop.cache().resolve("chain-402mb"));
    List<List<Tensor>> samples = new SparseLayer().inputs(3, 64);
    Path npz = NpzFile.write(workshop.scratch().resolve("chain.npz"), samples);
    QuantizeSubject.Ours recipe =
        new QuantizeSubject.Ours(
            "SparseGPT of 50 %",
            "[prune: {unstructured: 0.5, select: sparsegpt, repair: none}]",
            QuantizeTargets.NONE,
            false);
    Path out = workshop.folder("chain");
    MeasuredRun run = QuantizeCost.pass(workshop, recipe, model, npz, out, HEAP);
    table.add(
        Row.judged(
            "402 MB, SparseGPT of 50 %, the pass",
            QuantizeCost.cost(run),
            Row.NONE,
            List.of(Goal.atMost(run.residentBytes() / 402.7e6, 0.5, "%.2f × the model"))));
  }
}
