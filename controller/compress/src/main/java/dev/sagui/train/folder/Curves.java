/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.train.Score;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code curves.csv}: a row a step, with step, seconds, rate, loss, each term of it, and the score
 * where there was one. A row is written when the next one begins, so that its score stands in it.
 */
final class Curves implements AutoCloseable {
  private static final String LOSS = "loss";
  private static final int FIXED = 4;

  private final FileChannel channel;
  private final BufferedWriter out;
  private final List<CurveRow> rows;
  private Optional<String> header;
  private String metric = "score";
  private Optional<CurveRow> open = Optional.empty();
  private List<String> terms = List.of();

  private Curves(FileChannel channel, List<CurveRow> rows, Optional<String> header) {
    this.channel = channel;
    this.out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), 1 << 14);
    this.rows = rows;
    this.header = header;
    header.ifPresent(
        line -> {
          List<String> names = List.of(line.split(",", -1));
          terms = names.subList(FIXED, names.size() - 1);
          metric = names.get(names.size() - 1);
        });
  }

  /** Goes on after {@code step}; later rows, and one that was torn, are taken out. */
  static Curves open(Path file, long step) throws IOException {
    List<CurveRow> rows = new ArrayList<>();
    Optional<String> header = Optional.empty();
    if (Files.exists(file)) {
      header = cut(file, step, rows);
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    return new Curves(channel, rows, header);
  }

  private static Optional<String> cut(Path file, long step, List<CurveRow> rows)
      throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Optional<String> header = Optional.empty();
    try (Stream<String> lines = Files.lines(file);
        BufferedWriter kept = Files.newBufferedWriter(part)) {
      for (String line : (Iterable<String>) lines::iterator) {
        Optional<CurveRow> row = header.flatMap(names -> CurveRow.parse(line, columns(names)));
        if (header.isEmpty()) {
          header = Optional.of(line);
        } else if (row.isEmpty() || row.get().step() > step) {
          break;
        } else {
          rows.add(row.get());
        }
        kept.write(line);
        kept.newLine();
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return header;
  }

  private static int columns(String header) {
    return header.split(",", -1).length;
  }

  /** All but the one that is not written yet. */
  List<CurveRow> rows() {
    return rows;
  }

  /** Name of the scores. */
  String metric() {
    return metric;
  }

  /** Seconds of training so far. */
  double seconds() {
    return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).seconds();
  }

  void step(long step, double seconds, double rate, Map<String, Double> values) throws IOException {
    if (header.isEmpty()) {
      terms = values.keySet().stream().filter(name -> !name.equals(LOSS)).toList();
      String names =
          "step,seconds,rate,loss" + String.join("", terms.stream().map(t -> "," + t).toList());
      header = Optional.of(names + "," + metric);
      writeLine(header.get());
    }
    writeOpen();
    double[] each =
        terms.stream().mapToDouble(name -> values.getOrDefault(name, Double.NaN)).toArray();
    double loss = values.getOrDefault(LOSS, Double.NaN);
    open = Optional.of(new CurveRow(step, seconds, rate, loss, each, Double.NaN));
  }

  /** The score after the last step, or before the first. */
  void score(Score score) {
    metric = score.metric();
    CurveRow row = open.orElseGet(() -> CurveRow.start());
    open = Optional.of(row.withScore(score.value()));
  }

  private void writeOpen() throws IOException {
    if (open.isPresent()) {
      rows.add(open.get());
      writeLine(open.get().text(terms.size()));
      open = Optional.empty();
    }
  }

  private void writeLine(String line) throws IOException {
    out.write(line);
    out.newLine();
  }

  /** Shows what is written to whoever looks on. */
  void flush() throws IOException {
    out.flush();
  }

  /**
   * Writes the last row too, which gets no score any more; before a first step there is nothing to
   * write, for the names of the terms are not known.
   */
  void settle() throws IOException {
    if (header.isPresent()) {
      writeOpen();
    }
    flush();
  }

  /** Makes sure that all rows outlive a power cut. */
  void force() throws IOException {
    settle();
    channel.force(false);
  }

  /** What could not be written is dropped: the next run takes out a torn row. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
