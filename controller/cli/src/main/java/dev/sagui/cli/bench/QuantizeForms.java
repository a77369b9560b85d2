/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.cli.Exit;
import dev.sagui.cli.Main;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.OutputComparison;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Every short form of {@code sagui compress} on one model: a file that holds, or a reason. */
final class QuantizeForms {
  private static final List<List<String>> FORMS =
      List.of(
          List.of("--fold"),
          List.of("--fold", "--store", "int8"),
          List.of("--fold", "--store", "fp16"),
          List.of("--fold", "--store", "int4"),
          List.of("--quantize", "int8"),
          List.of("--quantize", "dynamic"),
          List.of("--quantize", "int4"));

  /** A report's dB is of the same samples in the same runtime. */
  private static final double SAME_DB = 0.2;

  private final Workshop workshop;
  private final Optional<QuantizePeers> checker;
  private final Consumer<String> progress;
  private final List<String> silent = new ArrayList<>();
  private int written;
  private int refused;

  /**
   * @param checker has the ONNX checker; empty when there is no Python
   */
  QuantizeForms(Workshop workshop, Optional<QuantizePeers> checker, Consumer<String> progress) {
    this.workshop = workshop;
    this.checker = checker;
    this.progress = progress;
  }

  Row row(String title, Path model) {
    for (List<String> form : FORMS) {
      String words = String.join(" ", form);
      progress.accept(title + ": " + words);
      try {
        one(model, form).ifPresent(why -> silent.add(words + ": " + why));
      } catch (IOException | RuntimeException e) {
        silent.add(words + ": " + e);
      }
    }
    String text =
        "%d written and checked, %d refused with the reason, %d silent"
            .formatted(written, refused, silent.size());
    String all = silent.isEmpty() ? text : text + ": " + String.join("; ", silent);
    return Row.judged(
        title + ", every short form of compress",
        Row.onOneLine(all),
        Row.NONE,
        List.of(new Goal("0 silent", silent.isEmpty())));
  }

  /** What is wrong with it; empty when nothing is. */
  private Optional<String> one(Path model, List<String> form) throws IOException {
    Path out = Files.createTempDirectory(workshop.scratch(), "form");
    List<String> words = new ArrayList<>(List.of("compress", model.toString()));
    words.addAll(form);
    words.addAll(List.of("--out", out.toString()));
    StringWriter said = new StringWriter();
    PrintWriter err = new PrintWriter(said);
    int code = Main.run(new PrintWriter(new StringWriter()), err, words.toArray(String[]::new));
    if (code == Exit.BAD_INPUT || code == Exit.GATE_MISSED) {
      refused++;
      return said.toString().isBlank() ? Optional.of("no reason was given") : Optional.empty();
    }
    if (code != Exit.DONE) {
      return Optional.of("ended with %d: %s".formatted(code, said));
    }
    Optional<String> wrong = wrong(model, out);
    written += wrong.isEmpty() ? 1 : 0;
    return wrong;
  }

  private Optional<String> wrong(Path model, Path out) throws IOException {
    Path file = out.resolve(ModelWriter.MODEL_FILE);
    Fields report = Fields.parse(Files.readAllBytes(out.resolve("report.json")));
    long told = report.object("output").integer("bytes");
    if (told != QuantizeJudge.filesBytes(file)) {
      return Optional.of("the report tells of %d bytes".formatted(told));
    }
    if (checker.isPresent()) {
      String verdict = checker.get().check(List.of(file)).get(0);
      if (!verdict.equals("ok")) {
        return Optional.of("the ONNX checker: " + verdict);
      }
    }
    return report.object("quality").findNumber("sqnr_db").isPresent()
        ? difference(model, file, report.object("quality").number("sqnr_db"))
        : Optional.empty();
  }

  /** Of the report's quality to a second measurement on the same samples. */
  private static Optional<String> difference(Path model, Path file, double told)
      throws IOException {
    OnnxModel source = OnnxModel.open(model);
    Samples samples = Samples.of(source, Map.of("", DefaultData.of(source.facts())));
    OutputComparison pairs =
        new OutputComparison(
            new EvaluationOptions(Optional.of(ModelKind.VECTOR), 22_050), Optional.empty());
    try (OrtModel a = OrtModel.open(model, 1);
        OrtModel b = OrtModel.open(file, 1)) {
      samples.forEachBatch(inputs -> pairs.add(a.run(inputs), b.run(inputs)));
    } catch (RejectedException e) {
      return Optional.of("it does not run: " + e.getMessage());
    }
    double found = pairs.result(samples.count(), "").sqnrDb();
    boolean same = Math.abs(found - told) <= SAME_DB;
    return same
        ? Optional.empty()
        : Optional.of("the report tells of %.1f dB, found %.1f".formatted(told, found));
  }
}
