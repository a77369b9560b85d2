/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** What it takes each side to make a file, and what the file is worth. */
final class QuantizeCost {
  /** What the pass is given; calibration and GPTQ need more than a fold. */
  private static final List<String> HEAP = List.of("-Xmx256m");

  private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xms8m");

  private final Workshop workshop;
  private final QuantizeSubject subject;
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();

  QuantizeCost(Workshop workshop, QuantizeSubject subject, Consumer<String> progress) {
    this.workshop = workshop;
    this.subject = subject;
    this.progress = progress;
  }

  /**
   * A file that one side made.
   *
   * @param run of the process
   * @param scores empty when it could not be judged
   */
  record Made(String method, MeasuredRun run, Optional<QuantizeScores> scores) {
    String text() {
      return method
          + ": "
          + cost(run)
          + scores.map(s -> "; " + s.text()).orElse("; the file is not valid");
    }
  }

  /** Runs of one process on few and on many samples. */
  record Calibration(int few, MeasuredRun ofFew, int many, MeasuredRun ofMany) {
    double growth() {
      return (double) ofMany.anonymousBytes() / ofFew.anonymousBytes();
    }

    double secondsPerSample() {
      return ofMany.wall().minus(ofFew.wall()).toNanos() / 1e9 / (many - few);
    }

    String memory() {
      return String.format(
          Locale.ROOT,
          "%.0f of %d, %.0f of %d",
          ofFew.anonymousBytes() / 1e6,
          few,
          ofMany.anonymousBytes() / 1e6,
          many);
    }
  }

  static String cost(MeasuredRun run) {
    return String.format(
        Locale.ROOT,
        "%.1f s, %.0f MB anonymous, %.0f MB resident",
        run.wall().toMillis() / 1e3,
        run.anonymousBytes() / 1e6,
        run.residentBytes() / 1e6);
  }

  Made peer(QuantizePeers tools, String method) {
    progress.accept(subject.title() + ": " + method);
    Path out = workshop.folder(method).resolve(ModelWriter.MODEL_FILE);
    MeasuredRun run = tools.run(method, subject.model(), subject.calibration(), out);
    return new Made(method, run, scores(out));
  }

  /**
   * The pass alone, in a process of its own.
   *
   * @param wall ratio to the peer's that is wanted; none when NaN
   * @param memory likewise, of anonymous memory
   */
  void ours(QuantizeSubject.Ours recipe, Optional<Made> peer, double wall, double memory) {
    progress.accept(subject.title() + ": our " + recipe.label());
    String what = "%s, %s, the pass".formatted(subject.title(), recipe.label());
    try {
      Path out = workshop.folder(recipe.label());
      MeasuredRun run = pass(workshop, recipe, subject.model(), subject.calibration(), out);
      Optional<QuantizeScores> scores = scores(out.resolve(ModelWriter.MODEL_FILE));
      List<Goal> goals = new ArrayList<>();
      peer.filter(p -> !Double.isNaN(wall))
          .ifPresent(p -> goals.addAll(cheaper(run, p.run(), wall, memory)));
      scores.ifPresent(s -> goals.addAll(recipe.targets().held(s)));
      String text = cost(run) + scores.map(s -> "; " + s.text()).orElse("; the file is not valid");
      rows.add(Row.judged(what, text, peer.map(Made::text).orElse(Row.NONE), goals));
    } catch (BenchException e) {
      rows.add(Row.failed(what, QuantizeRecipes.reason(e)));
    }
  }

  private static List<Goal> cheaper(
      MeasuredRun ours, MeasuredRun peer, double wall, double memory) {
    double seconds = (double) ours.wall().toNanos() / peer.wall().toNanos();
    double bytes = (double) ours.anonymousBytes() / peer.anonymousBytes();
    return List.of(
        Goal.atMost(seconds, wall, "%.2f × wall"), Goal.atMost(bytes, memory, "%.2f × memory"));
  }

  /** The whole command, which measures what it wrote. */
  void command(QuantizeSubject.Ours recipe) {
    progress.accept(subject.title() + ": the command");
    Path file = recipeFile(workshop, recipe, subject.calibration());
    List<String> words = List.of("compress", subject.model().toString(), "--recipe");
    List<String> arguments = new ArrayList<>(words);
    Path out = workshop.folder("command");
    arguments.addAll(List.of(file.toString(), "--out", out.toString()));
    String what = "%s, %s, the whole command".formatted(subject.title(), recipe.label());
    try {
      MeasuredRun run =
          java(workshop, "command", dev.sagui.cli.Main.class.getName(), arguments, HEAP);
      rows.add(Row.alone(what, cost(run)));
    } catch (BenchException e) {
      rows.add(Row.failed(what, QuantizeRecipes.reason(e)));
    }
  }

  List<Row> rows() {
    return rows;
  }

  private Optional<QuantizeScores> scores(Path file) {
    try {
      return Optional.of(QuantizeJudge.scores(subject, file));
    } catch (RejectedException e) {
      progress.accept("not valid: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * @throws BenchException with what it said
   */
  static MeasuredRun pass(
      Workshop workshop, QuantizeSubject.Ours recipe, Path model, Path calibration, Path out) {
    return pass(workshop, recipe, model, calibration, out, HEAP);
  }

  /** The same with another heap. */
  static MeasuredRun pass(
      Workshop workshop,
      QuantizeSubject.Ours recipe,
      Path model,
      Path calibration,
      Path out,
      List<String> heap) {
    Path file = recipeFile(workshop, recipe, calibration);
    List<String> arguments = List.of(model.toString(), file.toString(), out.toString());
    return java(workshop, recipe.label(), QuantizeProgram.class.getName(), arguments, heap);
  }

  /**
   * A Java program in a process of its own.
   *
   * @throws BenchException with what it said
   */
  static MeasuredRun java(Workshop workshop, String name, String main, List<String> arguments) {
    return java(workshop, name, main, arguments, HEAP);
  }

  private static MeasuredRun java(
      Workshop workshop, String name, String main, List<String> arguments, List<String> heap) {
    List<String> command = new ArrayList<>(List.of(Workshop.javaCommand()));
    command.addAll(FLAGS);
    command.addAll(heap);
    command.addAll(classes());
    command.add(main);
    command.addAll(arguments);
    Path log = workshop.log("ours " + name);
    try {
      return MeasuredRun.of(name, command, log);
    } catch (BenchException e) {
      throw new BenchException(QuantizePeers.lastLine(log), e);
    }
  }

  /** Those of this program, with the archive of them that the launcher made, if it did. */
  private static List<String> classes() {
    String path = System.getProperty("java.class.path");
    Path archive = Path.of(path.replaceAll("\\.jar$", ".jsa"));
    boolean made = path.endsWith(".jar") && Files.isRegularFile(archive);
    return made ? List.of("-XX:SharedArchiveFile=" + archive, "-cp", path) : List.of("-cp", path);
  }

  private static Path recipeFile(Workshop workshop, QuantizeSubject.Ours recipe, Path calibration) {
    try {
      Path file = Files.createTempFile(workshop.scratch(), "recipe", ".yaml");
      return Files.writeString(file, recipe.yaml(calibration));
    } catch (IOException e) {
      throw new UncheckedIOException("writing a recipe failed: " + e.getMessage(), e);
    }
  }
}
