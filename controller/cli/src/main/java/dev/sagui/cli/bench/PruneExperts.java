/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.MemoryProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A quarter of a feed-forward block's neurons active, MiniLM's quality by active share, and a
 * super-resolution net's where inputs skip blocks.
 */
final class PruneExperts implements Benchmark {
  private static final int SAMPLES = 256;

  private static final List<String> NOTES =
      List.of(
          "Block: 2048 → 8192 → 2048 with Relu, its neurons along 8 directions in no order, inputs"
              + " along two of them at random, so that the experts chosen change from call to call;"
              + " 8 experts, 2 active. Peer: the same block with all neurons, in the same format.",
          "One thread, one row a call, other rows in each call; ratio of 10th percentiles. Warm:"
              + " 20 calls of one model, then 20 of the other; evicted: in turns, and 64 MB are"
              + " written before each call.",
          "Memory: how far loading and a run lift a process's anonymous memory at their peak.",
          "MiniLM: all six blocks split, 8 experts each, calibrated on "
              + SAMPLES
              + " glosses of"
              + " 24 tokens; cosine of sentence vectors on 200 other glosses: mean and first"
              + " percentile; latency to fp32 at 32 tokens. Peer: neurons and experts at random,"
              + " their means as ours, no repair.",
          "ESRGAN-slim x2: its outermost residual blocks, which a tile skips by gates that look at"
              + " it, set on 128 tiles of 32 × 32 of drawn scenes; parameters and FLOPs of a run in"
              + " the mean over 128 more, quality on 256 others, times of 16 of these together; all"
              + " to the net that `fold` leaves. Peer: residual blocks, those inside"
              + " others too, removed for all inputs instead (`prune: {depth: …}`).");

  private final Workshop workshop;
  private final Consumer<String> progress;
  private final TableParts table;

  PruneExperts(Workshop workshop, Consumer<String> progress) {
    this.workshop = workshop;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  @Override
  public String name() {
    return "prune-experts";
  }

  @Override
  public String summary() {
    return "feed-forward blocks of which each row computes a part";
  }

  @Override
  public Table run(LocalDate today) {
    table.part("Block", this::block);
    table.part("MiniLM", this::miniLm);
    table.part("ESRGAN-slim x2", () -> PruneSkip.rows(workshop).forEach(this::add));
    return table.table(this, "Pruning: a fraction active", today, "", Optional.empty(), NOTES);
  }

  private void add(Row row) {
    progress.accept(row.what() + ": " + row.ours());
    table.add(row);
  }

  private void block() {
    ExpertsModel model = new ExpertsModel();
    Path dense = model.write(workshop.scratch().resolve("block"));
    Path data = NpzFile.write(workshop.scratch().resolve("block.npz"), model.inputs(3, 2048));
    Path split = made("experts", dense, data, "[{experts: {count: 8, active: 2}}]");
    format("fp32", model, made("dense", dense, data, "[fold]"), split);
    int8(model, dense, split, data);
    String four = "[{quantize: {weights: int4, method: rtn}}]";
    format("int4", model, made("dense4", dense, data, four), made("split4", split, data, four));
  }

  private void int8(ExpertsModel model, Path dense, Path split, Path data) {
    String eight = "[{quantize: {weights: int8, activations: dynamic, smoothing: 0}}]";
    format("int8", model, made("dense8", dense, data, eight), made("split8", split, data, eight));
  }

  private void format(String format, ExpertsModel model, Path dense, Path split) {
    progress.accept("Block, " + format);
    try (ExpertsRace race = new ExpertsRace(model, dense, split)) {
      double warm = race.warm();
      double evicted = race.evicted();
      String what = "Block, %s, 25 %% active: ".formatted(format);
      add(
          Row.judged(
              what + "time with warm caches, evicted, at 16 rows",
              String.format(Locale.ROOT, "%.2f ×, %.2f ×, %.2f ×", warm, evicted, race.rows(16)),
              Row.NONE,
              List.of(
                  Goal.atMost(warm, 0.30, "%.2f × warm"),
                  Goal.atMost(evicted, 0.40, "%.2f × evicted"))));
      double memory = peak(split, model) / peak(dense, model);
      double bytes = bytes(split) / bytes(dense);
      add(
          Row.judged(
              what + "memory, file, SQNR against all neurons",
              String.format(Locale.ROOT, "%.2f ×, %.3f ×, %.1f dB", memory, bytes, race.sqnrDb()),
              Row.NONE,
              List.of(
                  Goal.atMost(memory, 1.3, "%.2f × memory"),
                  Goal.atMost(bytes, 1.0, "%.2f × file"))));
    }
  }

  private static double peak(Path file, ExpertsModel model) {
    try {
      return MemoryProbe.peakBytes(file, model.inputs(5, 1).get(0)).orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("measuring memory failed: " + e.getMessage(), e);
    }
  }

  private static double bytes(Path file) {
    try {
      return OnnxModel.open(file).sizeBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file + " failed: " + e.getMessage(), e);
    }
  }

  private void miniLm() {
    QuantizeText text = new QuantizeText(workshop);
    QuantizeSubject subject = text.miniLm();
    Path data = text.calibration(SAMPLES);
    for (int active = 2; active <= 6; active += 2) {
      progress.accept("MiniLM, %d of 8 experts".formatted(active));
      String steps = "[fold, {experts: {count: 8, active: %d, router: %s}}]";
      add(
          Row.judged(
              "MiniLM, %d %% of the blocks' neurons active".formatted(100 * active / 8),
              scores(subject, data, steps.formatted(active, "least-squares")),
              scores(subject, data, steps.formatted(active, "random")),
              List.of()));
    }
  }

  private String scores(QuantizeSubject subject, Path data, String steps) {
    try {
      return QuantizeJudge.scores(subject, made("minilm", subject.model(), data, steps)).text();
    } catch (RejectedException e) {
      return "not valid: " + Row.onOneLine(String.valueOf(e.getMessage()));
    }
  }

  private Path made(String name, Path model, Path data, String steps) {
    return QuantizeProgram.made(workshop, name, model, "npz:" + data, steps)
        .resolve(ModelWriter.MODEL_FILE);
  }
}
