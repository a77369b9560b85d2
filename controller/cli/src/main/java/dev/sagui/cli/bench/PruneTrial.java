/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.ChannelBlock;
import dev.sagui.isa.HostMachine;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.ChannelPruning;
import dev.sagui.prune.channels.PrunedModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Removes channels of one model by several options, and holds each result against the model. */
final class PruneTrial {
  private final Workshop workshop;
  private final QuantizeSubject subject;

  private PruneTrial(Workshop workshop, QuantizeSubject subject) {
    this.workshop = workshop;
    this.subject = subject;
  }

  /** Of the model as {@code fold} leaves it, to which latencies and bytes are ratios. */
  static PruneTrial of(Workshop workshop, QuantizeSubject subject) {
    try (Scratch scratch = Scratch.create()) {
      OnnxModel model = OnnxModel.open(subject.model());
      Cleanup.Result clean = Cleanup.apply(model, subject.heldOut().get(0), scratch, Progress.NONE);
      Path folder = workshop.folder("folded");
      Path file = ModelWriter.write(clean.model(), folder, Progress.NONE).get(0);
      return new PruneTrial(workshop, subject.with(file));
    } catch (IOException e) {
      throw new UncheckedIOException("folding failed: " + e.getMessage(), e);
    }
  }

  /**
   * A narrower model, which is on the disk alone.
   *
   * @param widths of its groups
   * @param removed share of the multiplications that went
   * @param wall time of the pruning alone
   */
  record Made(
      Path file, List<Integer> widths, double removed, Duration wall, QuantizeScores scores) {
    Made {
      widths = List.copyOf(widths);
    }

    String text() {
      return PruneTrial.text(scores, removed);
    }
  }

  static String text(QuantizeScores scores, double removed) {
    return String.format(Locale.ROOT, "%s, −%.1f %% MACs", scores.text(), 100 * removed);
  }

  /** Another judgement of what is pruned likewise, without timing. */
  PruneTrial judgedOn(List<List<Tensor>> runs) {
    return new PruneTrial(workshop, subject.judgedOn(runs));
  }

  /** The folded model and what it is judged on. */
  QuantizeSubject subject() {
    return subject;
  }

  /** Prunes on one thread, for this machine. */
  Made prune(ChannelOptions options) {
    try {
      int block = ChannelBlock.of(HostMachine.profile()).channels();
      OnnxModel model = OnnxModel.open(subject.model());
      DataSpec data = DataSpec.parse("npz:" + subject.calibration());
      Samples samples = Samples.of(model, Map.of("", data));
      long start = System.nanoTime();
      PrunedModel pruned =
          ChannelPruning.apply(model, options.inBlocksOf(block), samples, 1, Progress.NONE);
      Duration wall = Duration.ofNanos(System.nanoTime() - start);
      Path folder = workshop.folder("pruned");
      Path file = ModelWriter.write(pruned.model(), folder, Progress.NONE).get(0);
      List<Integer> widths = pruned.widths().stream().map(PrunedModel.Width::after).toList();
      double removed = 1 - (double) pruned.macs() / pruned.macsBefore();
      return new Made(file, widths, removed, wall, QuantizeJudge.scores(subject, file));
    } catch (IOException e) {
      throw new UncheckedIOException("pruning failed: " + e.getMessage(), e);
    }
  }
}
