/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.cli.Exit;
import dev.sagui.cli.OutputOptions;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sagui bench}: side-by-side benchmarks and their tables. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Side-by-side benchmarks; each writes its table into BENCHMARKS.md. Without NAME lists them.",
      "Ends with 3 when a target was missed."
    },
    footer = {"", "Example:", "  sagui bench first-light --peer"})
public final class BenchCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which one.")
  private @Nullable String name;

  @Option(names = "--peer", description = "Beside the peers too; installs what they need.")
  private boolean peer;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws UnavailableException {
    if (name == null) {
      list();
      return Exit.DONE;
    }
    if (!names().contains(name)) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "no benchmark is named '%s'; there are: %s".formatted(name, String.join(", ", names())));
    }
    Path root = root();
    Table table = measure(Workshop.open(root), name);
    new BenchmarksFile(root.resolve("BENCHMARKS.md")).replace(name, table.markdown());
    print(table);
    return table.missedTarget() ? Exit.GATE_MISSED : Exit.DONE;
  }

  private Table measure(Workshop workshop, String wanted) throws UnavailableException {
    Runtime.getRuntime().addShutdownHook(new Thread(workshop::tidy, "bench-tidy"));
    long start = System.nanoTime();
    Consumer<String> progress = text -> output.remark(at(System.nanoTime() - start, text));
    Benchmark bench =
        benchmarks(workshop, progress).stream()
            .filter(each -> each.name().equals(wanted))
            .findFirst()
            .orElseThrow();
    try {
      return bench.run(LocalDate.now(ZoneId.systemDefault()));
    } catch (BenchException e) {
      throw new UnavailableException("the benchmark could not be run: " + e.getMessage(), e);
    }
  }

  private List<Benchmark> benchmarks(Workshop workshop, Consumer<String> progress) {
    return List.of(
        new FirstLight(workshop, peer, progress),
        new GraphBench(workshop, peer, progress),
        DeliveryBench.mqtt(workshop, peer, progress),
        DeliveryBench.http(workshop, peer, progress),
        DeliveryBench.resume(workshop, progress),
        DeliveryBench.difference(workshop, progress),
        DeliveryBench.start(workshop, peer, progress),
        DeliveryBench.traffic(workshop, progress),
        QuantizeBench.generators(workshop, peer, progress),
        QuantizeBench.text(workshop, peer, progress),
        QuantizeBench.ocr(workshop, peer, progress),
        new QuantizeLarge(workshop, peer, progress),
        QuantizeBench.speech(workshop, peer, progress),
        PruneBench.generators(workshop, peer, progress),
        PruneBench.large(workshop, peer, progress),
        new PruneSparse(workshop, peer, progress),
        new PruneExperts(workshop, progress),
        new TrainBench(workshop, peer, progress),
        new DistillBench(workshop, progress),
        new TransferBench(workshop, progress),
        new QatBench(workshop, progress),
        FitBench.decoder(workshop, peer, progress),
        FitBench.superResolution(workshop, peer, progress),
        FitBench.ocr(workshop, peer, progress),
        new FitServe(workshop, progress));
  }

  /** To be listed, not to be run. */
  private List<Benchmark> listed() {
    Workshop nowhere = new Workshop(Path.of(""), Path.of(""), Path.of(""));
    return benchmarks(nowhere, text -> {});
  }

  private List<String> names() {
    return listed().stream().map(Benchmark::name).toList();
  }

  private static String at(long nanos, String text) {
    return "[%3d s] %s".formatted(nanos / 1_000_000_000, text);
  }

  private void list() {
    if (output.json()) {
      List<Map<String, String>> items =
          listed().stream().map(b -> Map.of("name", b.name(), "summary", b.summary())).toList();
      output.document(Map.of("items", items));
    }
    listed().forEach(bench -> output.line("%-15s %s", bench.name(), bench.summary()));
  }

  private void print(Table table) {
    if (output.json()) {
      output.document(table.json());
    }
    output.line("%s", table.markdown().stripTrailing());
  }

  private static Path root() {
    String root = System.getenv("SAGUI_ROOT");
    if (root == null) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG,
          "a benchmark needs the project's folder: start it as './sagui bench' there");
    }
    return Path.of(root);
  }
}
