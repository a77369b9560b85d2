/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.run.OrtModel;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A table in the making, part by part: one that fails is a row with the reason, others go on. */
final class TableParts {
  private final Consumer<String> progress;
  private final List<Row> rows = new ArrayList<>();

  TableParts(Consumer<String> progress) {
    this.progress = progress;
  }

  /** Measures one part, which adds its rows. */
  void part(String what, Runnable measure) {
    progress.accept(what);
    try {
      measure.run();
    } catch (RuntimeException e) {
      rows.add(Row.failed(what, QuantizeRecipes.reason(e)));
    }
  }

  void add(Row row) {
    rows.add(row);
  }

  void addAll(Collection<Row> more) {
    rows.addAll(more);
  }

  /**
   * @param options of the command behind the benchmark's name
   * @param peer its versions; empty where the benchmark knows no peer
   */
  Table table(
      Benchmark bench,
      String title,
      LocalDate today,
      String options,
      Optional<String> peer,
      List<String> notes) {
    List<String> versions =
        new ArrayList<>(
            List.of("JDK " + Runtime.version(), "ONNX Runtime " + OrtModel.runtimeVersion()));
    peer.ifPresent(versions::add);
    String command = "./sagui bench " + bench.name() + options;
    return new Table(title, Machine.here(today, versions), command, rows, notes);
  }

  /** {@code --peer}, where it was asked for. */
  static String peerOption(boolean withPeer) {
    return withPeer ? " --peer" : "";
  }
}
