/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Compression;
import dev.sagui.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One model through our recipes and the peers' methods, each file judged in the same way. */
final class QuantizeDuel {
  /** The method that is no tool but plain rounding. */
  private static final String FLOOR = "floor-w8";

  private static final int TOLD = 160;

  private final Workshop workshop;
  private final Optional<QuantizePeers> peers;
  private final QuantizeSubject subject;
  private final Consumer<String> progress;
  private final Map<String, QuantizeScores> theirs = new LinkedHashMap<>();

  QuantizeDuel(
      Workshop workshop,
      Optional<QuantizePeers> peers,
      QuantizeSubject subject,
      Consumer<String> progress) {
    this.workshop = workshop;
    this.peers = peers;
    this.subject = subject;
    this.progress = progress;
  }

  List<Row> rows() {
    List<Row> below = new ArrayList<>();
    peers.ifPresent(tools -> subject.peers().forEach(method -> below.add(peer(tools, method))));
    List<Row> rows = new ArrayList<>();
    subject.recipes().forEach(recipe -> rows.add(ours(recipe)));
    rows.addAll(below);
    return rows;
  }

  private Row peer(QuantizePeers tools, String method) {
    progress.accept(subject.title() + ": " + method);
    String what = "… " + method;
    try {
      Path out = workshop.folder("quantize").resolve(ModelWriter.MODEL_FILE);
      tools.run(method, subject.model(), subject.calibration(), out);
      QuantizeScores scores = QuantizeJudge.scores(subject, out);
      theirs.put(method, scores);
      String broken = scores.isBroken() ? ", broken" : "";
      return Row.judged(what, Row.NONE, scores.text() + broken, List.of());
    } catch (BenchException | RejectedException e) {
      return Row.judged(what, Row.NONE, "no valid file: " + brief(e), List.of());
    }
  }

  private Row ours(QuantizeSubject.Ours recipe) {
    progress.accept(subject.title() + ": our " + recipe.label());
    String what = subject.title() + ", " + recipe.label();
    try {
      Path out = workshop.folder("quantize");
      new Compression(1, Optional.empty())
          .compress(
              subject.model(),
              RecipeFile.parse(recipe.yaml(subject.calibration())),
              out,
              Progress.NONE);
      QuantizeScores scores = QuantizeJudge.scores(subject, out.resolve(ModelWriter.MODEL_FILE));
      List<Goal> goals = new ArrayList<>(recipe.targets().held(scores));
      if (recipe.floor()) {
        goals.addAll(floor().map(f -> aboveFloor(f, scores)).orElse(List.of()));
      }
      return Row.judged(what, scores.text(), rival(scores), goals);
    } catch (RejectedException | IOException e) {
      return Row.failed(what, QuantizeRecipes.reason(e));
    }
  }

  private static String brief(RuntimeException e) {
    String told = String.valueOf(e.getMessage());
    int cause = Math.max(told.indexOf("failed:"), told.indexOf("Message:"));
    String text = Row.onOneLine(told.substring(Math.max(0, cause)));
    return text.length() > TOLD ? text.substring(0, TOLD) + "…" : text;
  }

  private Optional<QuantizeScores> floor() {
    return theirs.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(FLOOR))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static List<Goal> aboveFloor(QuantizeScores floor, QuantizeScores ours) {
    return List.of(
        Goal.atMost(ours.percent(), floor.percent(), "the floor's %.1f %%"),
        Goal.atLeast(ours.sqnrDb(), floor.sqnrDb(), "the floor's %.1f dB"));
  }

  /** The best of the peers' files that are as small and as fast as ours, else as small. */
  private String rival(QuantizeScores ours) {
    if (theirs.isEmpty()) {
      return Row.NONE;
    }
    return best(scores -> scores.rivals(ours))
        .or(() -> best(scores -> scores.isAsSmall(ours)).map(text -> "none as fast; " + text))
        .orElse("none as small");
  }

  private Optional<String> best(Predicate<QuantizeScores> admitted) {
    return theirs.entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith(FLOOR) && admitted.test(entry.getValue()))
        .max(Comparator.comparingDouble(entry -> entry.getValue().sqnrDb()))
        .map(entry -> "%s: %s".formatted(entry.getKey(), entry.getValue().text()));
  }
}
