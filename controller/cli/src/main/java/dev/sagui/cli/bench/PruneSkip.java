/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.depth.BlockRemoval;
import dev.sagui.prune.depth.BlockSkipping;
import dev.sagui.prune.depth.SkippedModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.run.RunCost;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Residual blocks of a super-resolution net that tiles of a picture skip, or that go for all. */
final class PruneSkip {
  private static final int PIXELS = 128;
  private static final int TILE = 32;
  private static final int SCENES = 16;
  private static final int TIMED = 16;
  private static final double RACE_SECONDS = 0.2;
  private static final double SHARE = 0.75;

  private final Workshop workshop;
  private final QuantizeSubject subject;
  private final OnnxModel model;
  private final Samples samples;
  private final RunCost cost;

  /** What is computed in a run, in the mean over the tiles. */
  private record Work(double parameters, double flops) {}

  private PruneSkip(Workshop workshop, QuantizeSubject subject) throws IOException {
    this.workshop = workshop;
    this.subject = subject.judgedOn(tiles(2));
    this.model = OnnxModel.open(subject.model());
    Path data = NpzFile.write(workshop.scratch().resolve("tiles.npz"), tiles(1));
    this.samples = Samples.of(model, Map.of("", DataSpec.parse("npz:" + data)));
    this.cost = RunCost.measure(subject.model(), this.subject.heldOut().get(0));
  }

  /** Rows of the shares of the blocks' work that are done. */
  static List<Row> rows(Workshop workshop) {
    QuantizeSubject subject = new PruneSubjects(workshop).superResolution();
    try {
      return new PruneSkip(workshop, PruneTrial.of(workshop, subject).subject()).rows();
    } catch (IOException e) {
      throw new UncheckedIOException("skipping blocks failed: " + e.getMessage(), e);
    }
  }

  /** Tiles of drawn scenes, some of them flat, as a picture on a device is up-sampled. */
  private static List<List<Tensor>> tiles(long seed) {
    QuantizePictures pictures = new QuantizePictures(seed);
    List<List<Tensor>> tiles = new ArrayList<>();
    for (int scene = 0; scene < SCENES; scene++) {
      BufferedImage image = pictures.scene(PIXELS, PIXELS);
      for (int y = 0; y < PIXELS; y += TILE) {
        for (int x = 0; x < PIXELS; x += TILE) {
          tiles.add(List.of(QuantizePixels.rows("LR_nhwc", image.getSubimage(x, y, TILE, TILE))));
        }
      }
    }
    return tiles;
  }

  private List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (SkippedModel.Held held :
        BlockSkipping.apply(model, SHARE, samples, 1, Progress.NONE).held()) {
      String what = "ESRGAN-slim x2, %.0f %% of the blocks' work".formatted(100 * held.asked());
      String ours = text(held.model(), new Work(held.parameters(), held.flops()));
      rows.add(Row.judged(what, ours, forAll(1 - held.asked()), List.of()));
    }
    return rows;
  }

  /** The same share of the blocks removed, whatever the input. */
  private String forAll(double share) throws IOException {
    BlockRemoval.Result removed = BlockRemoval.apply(model, share, samples, 1, Progress.NONE);
    Path file = written(removed.model());
    RunCost own = RunCost.measure(file, subject.heldOut().get(0));
    return text(removed.model(), new Work(removed.model().facts().parameters(), own.flops()));
  }

  private String text(OnnxModel made, Work work) throws IOException {
    Path file = written(made);
    QuantizeScores scores = QuantizeJudge.scores(subject, file);
    return String.format(
        Locale.ROOT,
        "%.0f %% of the parameters, %.0f %% of the FLOPs, %.2f ×, %.1f dB, %s",
        100 * work.parameters() / model.facts().parameters(),
        100 * work.flops() / cost.flops(),
        latency(file),
        scores.sqnrDb(),
        scores.own().text());
  }

  private Path written(OnnxModel made) throws IOException {
    return ModelWriter.write(made, workshop.folder("skip"), Progress.NONE).get(0);
  }

  /** Ratio of the times of many tiles together, each raced by itself. */
  private double latency(Path file) {
    double dense = 0;
    double own = 0;
    try (OrtModel a = OrtModel.open(subject.model(), 1);
        OrtModel b = OrtModel.open(file, 1)) {
      int step = subject.heldOut().size() / TIMED;
      for (int i = 0; i < TIMED; i++) {
        List<Latency> race =
            LatencyRace.run(List.of(a, b), subject.heldOut().get(i * step), RACE_SECONDS);
        dense += race.get(0).p10Millis();
        own += race.get(1).p10Millis();
      }
    }
    return own / dense;
  }
}
