/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Models with fewer channels, without training. */
final class PruneBench implements Benchmark {
  /** As many vectors as the widest layer needs to be fitted. */
  private static final int GLOSSES = 192;

  private static final String CELLS =
      "Each cell: bytes of the fp32 files, latency (one thread, runs in turns, ratio of 10th"
          + " percentiles), SQNR over all outputs of the held-out samples, the kind's own number,"
          + " share of the multiplications that went; all to the model that `fold` leaves.";

  private static final String SAME_WIDTHS =
      "Plain criteria: the same call with that `select` at the very widths that ours chose, so at"
          + " the same multiplications; without repair unless it says so.";

  private static final List<String> OF_GENERATORS =
      List.of(
          CELLS,
          "PSNR: all pixels of all held-out samples, by the nominal range: 1 for the VAE decoder"
              + " (0..1), 2 for the DCGAN (−1..1), 255 for ESRGAN-slim (0..255). Calibrated on 256"
              + " other latents, judged on 256; ESRGAN-slim on 8 drawn pictures of 64 × 64 each.",
          SAME_WIDTHS,
          "Torch-Pruning: MetaPruner with its default, group L2 norms and one ratio for all layers,"
              + " the ratio that comes nearest to our multiplications, and no fine-tuning, which its"
              + " users normally do; its first layer was written as a ConvTranspose of 7 × 7 instead"
              + " of Linear and view, which it would prune far beyond what was asked.",
          "Multiplications of a ConvTranspose are counted by its input's pixels; Torch-Pruning's own"
              + " counter takes its output's.",
          "The pass: a fresh process reads, folds, orders, allocates, repairs and times on one"
              + " thread, and writes; wall time with its start.");

  private static final List<String> OF_LARGE =
      List.of(
          CELLS,
          SAME_WIDTHS,
          "PP-OCR: calibrated on 8 pages of 480 × 480, judged on 4 others, timed at 320;"
              + " MiniLM calibrated on %d glosses of 24 tokens, judged on 200 others."
                  .formatted(GLOSSES));

  private final String name;
  private final String title;
  private final String summary;
  private final List<String> notes;
  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final Map<String, Runnable> parts = new LinkedHashMap<>();
  private final TableParts table;
  private Optional<PrunePeer> peer = Optional.empty();

  private PruneBench(
      String name,
      String title,
      String summary,
      List<String> notes,
      Workshop workshop,
      boolean withPeer,
      Consumer<String> progress) {
    this.name = name;
    this.title = title;
    this.summary = summary;
    this.notes = notes;
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  static PruneBench generators(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    PruneBench bench =
        new PruneBench(
            "prune",
            "Structured pruning: generators and super-resolution",
            "generators with fewer channels beside Torch-Pruning",
            OF_GENERATORS,
            workshop,
            withPeer,
            progress);
    bench.parts.put("VAE decoder", bench::decoder);
    bench.parts.put("VAE decoder, the pass", bench::pass);
    bench.parts.put("DCGAN", bench::dcgan);
    bench.parts.put("ESRGAN-slim x2", bench::superResolution);
    return bench;
  }

  static PruneBench large(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    PruneBench bench =
        new PruneBench(
            "prune-large",
            "Structured pruning: PP-OCR and a sentence encoder",
            "PP-OCR's detector and MiniLM with fewer channels",
            OF_LARGE,
            workshop,
            withPeer,
            progress);
    bench.parts.put("PP-OCRv3 det", bench::detector);
    bench.parts.put("MiniLM", bench::miniLm);
    return bench;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public Table run(LocalDate today) {
    boolean beside = withPeer && parts.containsKey("VAE decoder");
    peer = beside ? Optional.of(PrunePeer.install(workshop, progress)) : Optional.empty();
    parts.forEach(table::part);
    return table.table(
        this,
        title,
        today,
        TableParts.peerOption(withPeer),
        Optional.of(peer.map(PrunePeer::versions).orElse("no peer")),
        notes);
  }

  private PruneDuel duel(QuantizeSubject subject) {
    return new PruneDuel(PruneTrial.of(workshop, subject), peer, table::add, progress);
  }

  private void decoder() {
    PruneDuel duel = duel(new PruneSubjects(workshop).decoder());
    duel.share(0.25, QuantizeTargets.NONE.own(42));
    duel.share(0.40, QuantizeTargets.NONE.own(37));
    duel.share(0.50, QuantizeTargets.NONE.own(34));
    duel.share(0.60, QuantizeTargets.NONE.own(31.5));
    duel.share(0.75, QuantizeTargets.NONE.own(28.5));
    duel.latency(0.66, QuantizeTargets.NONE.latency(0.66).own(34.5));
    duel.latency(0.55, QuantizeTargets.NONE.latency(0.55).own(31));
  }

  private void pass() {
    QuantizeSubject subject = new PruneSubjects(workshop).decoder();
    QuantizeSubject.Ours recipe =
        new QuantizeSubject.Ours(
            "prune", "[fold, {prune: {latency: 0.66}}]", QuantizeTargets.NONE, false);
    MeasuredRun run =
        QuantizeCost.pass(
            workshop, recipe, subject.model(), subject.calibration(), workshop.folder("pass"));
    double seconds = run.wall().toNanos() / 1e9;
    table.add(
        Row.judged(
            "VAE decoder, to 0.66 × latency, the pass",
            QuantizeCost.cost(run),
            Row.NONE,
            List.of(Goal.atMost(seconds, 30, "%.0f s"))));
  }

  private void dcgan() {
    duel(new PruneSubjects(workshop).dcgan()).share(0.5, QuantizeTargets.NONE.own(25.5));
  }

  private void superResolution() {
    duel(new PruneSubjects(workshop).superResolution())
        .share(
            0.5,
            QuantizeTargets.NONE.latency(0.60).own(60),
            new PruneDuel.Again("white noise", PruneSubjects.noise(), 50));
  }

  private void detector() {
    PruneDuel duel = duel(new PruneSubjects(workshop).detector());
    duel.shareBesideL1(0.25, QuantizeTargets.NONE.latency(0.8));
    duel.latency(0.8, QuantizeTargets.NONE.latency(0.8));
  }

  private void miniLm() {
    QuantizeText text = new QuantizeText(workshop);
    duel(text.miniLm().calibratedOn(text.calibration(GLOSSES)))
        .shareBesideL1(0.25, QuantizeTargets.NONE.latency(0.8));
  }
}
