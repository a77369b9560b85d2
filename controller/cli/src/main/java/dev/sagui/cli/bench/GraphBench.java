/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Comparison;
import dev.sagui.recipe.DefaultData;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The graph library: fidelity on the ONNX test data, fold beside onnxslim, memory. */
final class GraphBench implements Benchmark {
  private static final int RUNS = 5;
  private static final String SLIM = "onnxslim==0.1.98";

  /** What a fold needs, and what the 1.5 GB model must be content with. */
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-Xms8m", "-Xmx256m", "-XX:TieredStopAtLevel=1");

  private static final List<String> NOTES =
      List.of(
          "Models of Debian's libonnx-testdata; those run that take and give tensors, by ONNX Runtime"
              + " on their own first inputs; the same = within 1e-4 of the largest output.",
          "402 MB: 24 MatMul 2048 × 2048 with Relu, external data; each run a fresh process, in turns,"
              + " 10th percentile of "
              + RUNS
              + "; ours with "
              + String.join(" ", FLAGS)
              + ".",
          "Peak anonymous memory: RssAnon looked at every 2 ms.",
          "PP-OCR: bytes of the files without the elements of the weights; outputs on 16 noise"
              + " samples, largest absolute difference.");

  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();

  GraphBench(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
  }

  @Override
  public String name() {
    return "graph";
  }

  @Override
  public String summary() {
    return "the graph library on the ONNX test data, and its clean-up beside onnxslim";
  }

  @Override
  public Table run(LocalDate today) {
    part("ONNX test data", () -> rows.addAll(TestdataPart.run(progress)));
    for (String model :
        List.of(
            "ch_PP-OCRv3_det_infer", "ch_PP-OCRv4_det_infer", "ch_ppocr_mobile_v2.0_cls_infer")) {
      part(model, () -> ocr(model));
    }
    part("402 MB", this::beside);
    part("1.5 GB", this::large);
    List<String> versions =
        List.of(
            "JDK " + Runtime.version(),
            "ONNX Runtime " + dev.sagui.run.OrtModel.runtimeVersion(),
            withPeer ? SLIM : "no peer");
    String command = "./sagui bench " + name() + (withPeer ? " --peer" : "");
    return new Table("Graph library", Machine.here(today, versions), command, rows, NOTES);
  }

  private interface Part {
    void run() throws IOException;
  }

  private void part(String what, Part part) {
    progress.accept(what);
    try {
      part.run();
    } catch (IOException | RuntimeException e) {
      rows.add(Row.failed(what, e.getMessage() == null ? e.toString() : e.getMessage()));
    }
  }

  private void ocr(String name) throws IOException {
    OnnxModel before = OnnxModel.open(OcrModel.fetch(workshop, name));
    Path folder = Files.createTempDirectory(workshop.scratch(), "fold");
    Map<String, DataSpec> data = Map.of("", DefaultData.of(before.facts()));
    Samples samples = Samples.of(before.facts(), data);
    try (Scratch scratch = Scratch.create()) {
      Cleanup.Result result = Cleanup.apply(before, samples.first(1), scratch, Progress.NONE);
      ModelWriter.write(result.model(), folder, Progress.NONE);
    }
    OnnxModel after = OnnxModel.open(folder);
    Comparison comparison = Comparison.of(before, after, samples, "", 1, Progress.NONE);
    String title = name.replaceAll("ch_|_infer", "");
    rows.add(
        Row.beside(
                title + ", graph without weights after fold and before, kB",
                "%.1f",
                Overhead.bytes(after) / 1e3,
                OptionalDouble.of(Overhead.bytes(before) / 1e3))
            .atMost(0.6));
    rows.add(
        Row.alone(
            title + ", nodes; largest difference of outputs; latency to before",
            String.format(
                Locale.ROOT,
                "%d of %d; %.1e; %.2f",
                after.graph().getNodeCount(),
                before.graph().getNodeCount(),
                comparison.quality().largestError(),
                comparison.latencyRatio())));
  }

  private void beside() {
    Path model = new ChainModel(24, 2048).write(workshop.cache().resolve("chain-402mb"));
    long bytes = size(model.resolveSibling(ChainModel.DATA));
    List<String> slim = withPeer ? slim() : List.of();
    Sample ours = new Sample();
    Sample theirs = new Sample();
    long anonymous = 0;
    long peer = 0;
    for (int i = 0; i < RUNS; i++) {
      MeasuredRun run = fold(model, "fold-" + i);
      ours.add(run.wall());
      anonymous = Math.max(anonymous, run.anonymousBytes());
      if (withPeer) {
        Path out = workshop.scratch().resolve("slim-" + i + ".onnx");
        List<String> command = new ArrayList<>(slim);
        command.addAll(List.of(model.toString(), out.toString()));
        MeasuredRun slimmed = MeasuredRun.of("onnxslim", command, workshop.log("onnxslim"));
        theirs.add(slimmed.wall());
        peer = Math.max(peer, slimmed.anonymousBytes());
        deleteQuietly(out);
      }
    }
    OptionalDouble none = OptionalDouble.empty();
    rows.add(
        Row.beside(
                "Read, fold, write 402 MB, s",
                "%.2f",
                ours.p10() / 1e3,
                withPeer ? OptionalDouble.of(theirs.p10() / 1e3) : none)
            .atMost(0.5));
    rows.add(
        Row.beside(
            "… peak anonymous memory, MB",
            "%.1f",
            anonymous / 1e6,
            withPeer ? OptionalDouble.of(peer / 1e6) : none));
    rows.add(
        Row.beside(
                "… peak anonymous memory to the file's bytes, MB",
                "%.1f",
                anonymous / 1e6,
                OptionalDouble.of(bytes / 1e6))
            .atMost(0.1));
  }

  private void large() {
    Path model = new BigModel(2_000, 93_750).write(workshop.cache().resolve("big-1500mb.onnx"));
    rows.add(
        large(
            "Inspect 1.5 GB", java("inspect", "dev.sagui.cli.Main", "inspect", model.toString())));
    rows.add(large("Read, fold, write 1.5 GB", fold(model, "fold-large")));
  }

  private static Row large(String what, MeasuredRun run) {
    return Row.alone(
        what + " with -Xmx256m, s; peak anonymous memory, MB",
        String.format(
            Locale.ROOT, "%.1f; %.1f", run.wall().toMillis() / 1e3, run.anonymousBytes() / 1e6));
  }

  private MeasuredRun fold(Path model, String name) {
    Path out = workshop.scratch().resolve(name);
    MeasuredRun run = java(name, FoldProgram.class.getName(), model.toString(), out.toString());
    deleteQuietly(out.resolve(ModelWriter.MODEL_FILE));
    deleteQuietly(out.resolve(ModelWriter.DATA_FILE));
    return run;
  }

  private MeasuredRun java(String name, String main, String... arguments) {
    List<String> command = new ArrayList<>(List.of(Workshop.javaCommand()));
    command.addAll(FLAGS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return MeasuredRun.of(name, command, workshop.log(name));
  }

  /** The peer's command, in a Python environment of its own. */
  private List<String> slim() {
    Path venv = workshop.cache().resolve("venv-slim");
    Path program = venv.resolve("bin/onnxslim");
    if (!Files.exists(program)) {
      progress.accept("peer: a Python environment with " + SLIM);
      Path log = workshop.log("peer install");
      Duration limit = Duration.ofMinutes(5);
      Program.run("venv", List.of("python3", "-m", "venv", venv.toString()), limit, log);
      String python = venv.resolve("bin/python").toString();
      Program.run("pip", List.of(python, "-m", "pip", "install", "-q", SLIM), limit, log);
    }
    return List.of(program.toString());
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
