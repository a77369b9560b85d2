/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.Selection;
import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** One model at several shares and latencies, beside plain criteria and Torch-Pruning. */
final class PruneDuel {
  /**
   * How others choose channels, at the widths that ours chose.
   *
   * @param repair whether ours follows
   */
  private record Plain(String label, Selection select, boolean repair) {
    ChannelOptions at(List<Integer> widths) {
      return new ChannelOptions(
          0, OptionalDouble.empty(), select, repair, ChannelOptions.USUAL_BLOCK, widths);
    }
  }

  private static final List<Plain> PLAIN =
      List.of(
          new Plain("L1", Selection.L1, false),
          new Plain("random", Selection.RANDOM, false),
          new Plain("L2 with our repair", Selection.L2, true));

  private static final Plain REPAIRED_L1 = new Plain("L1 with our repair", Selection.L1, true);

  private final PruneTrial trial;
  private final Optional<PrunePeer> peer;
  private final Consumer<String> progress;
  private final Consumer<Row> rows;

  /**
   * @param rows takes each as soon as it is measured
   */
  PruneDuel(
      PruneTrial trial, Optional<PrunePeer> peer, Consumer<Row> rows, Consumer<String> progress) {
    this.trial = trial;
    this.peer = peer;
    this.rows = rows;
    this.progress = progress;
  }

  /** Beside L1 and random without repair, L2 with it, and the peer. */
  void share(double share, QuantizeTargets wanted) {
    PruneTrial.Made made = made(ChannelOptions.share(share));
    List<String> others = new ArrayList<>();
    PLAIN.forEach(plain -> others.add(plain(plain, made)));
    peer.ifPresent(tool -> others.add(torch(tool, made.removed())));
    rows.accept(row(percent(share), made, others, wanted.held(made.scores())));
  }

  /** Beside L1 with the same repair. */
  void shareBesideL1(double share, QuantizeTargets wanted) {
    PruneTrial.Made made = made(ChannelOptions.share(share));
    List<String> others = List.of(plain(REPAIRED_L1, made));
    rows.accept(row(percent(share), made, others, wanted.held(made.scores())));
  }

  /**
   * Runs of another kind.
   *
   * @param wanted of the kind's own number
   */
  record Again(String label, List<List<Tensor>> runs, double wanted) {}

  /** Judged on further runs too, and beside nothing. */
  void share(double share, QuantizeTargets wanted, Again again) {
    PruneTrial.Made made = made(ChannelOptions.share(share));
    QuantizeSubject other = trial.subject().judgedOn(again.runs());
    QuantizeOwn own = QuantizeJudge.scores(other, made.file()).own();
    List<Goal> goals = new ArrayList<>(wanted.held(made.scores()));
    goals.add(own.goal(again.wanted()));
    String text = "%s; %s: %s".formatted(made.text(), again.label(), own.text());
    rows.accept(Row.judged(what(percent(share)), text, Row.NONE, goals));
  }

  /** By the time model of this machine. */
  void latency(double ratio, QuantizeTargets wanted) {
    PruneTrial.Made made =
        made(
            new ChannelOptions(
                0,
                OptionalDouble.of(ratio),
                Selection.BACKWARD,
                true,
                ChannelOptions.USUAL_BLOCK,
                List.of()));
    rows.accept(
        row("to %.2f × latency".formatted(ratio), made, List.of(), wanted.held(made.scores())));
  }

  private PruneTrial.Made made(ChannelOptions options) {
    PruneTrial.Made made = trial.prune(options);
    progress.accept(
        "%s: %s in %d s".formatted(trial.subject().title(), made.text(), made.wall().toSeconds()));
    return made;
  }

  private String plain(Plain plain, PruneTrial.Made ours) {
    PruneTrial untimed = trial.judgedOn(trial.subject().heldOut());
    return plain.label() + ": " + untimed.prune(plain.at(ours.widths())).scores().own().text();
  }

  private String torch(PrunePeer tool, double removed) {
    try {
      PrunePeer.Made made = tool.prune(trial.subject().model(), removed);
      QuantizeScores scores = QuantizeJudge.scores(trial.subject(), made.file());
      return "Torch-Pruning: " + PruneTrial.text(scores, made.removed());
    } catch (BenchException e) {
      return "Torch-Pruning: not measured: " + Row.onOneLine(String.valueOf(e.getMessage()));
    }
  }

  private Row row(String what, PruneTrial.Made made, List<String> others, List<Goal> goals) {
    String beside = others.isEmpty() ? Row.NONE : String.join("; ", others);
    return Row.judged(what(what), made.text(), beside, goals);
  }

  private String what(String how) {
    return "%s, %s".formatted(trial.subject().title(), how);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "−%.0f %% MACs", 100 * share);
  }
}
