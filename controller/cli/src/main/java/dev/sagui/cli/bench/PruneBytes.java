/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.entropy.ChunkDecoder;
import dev.sagui.entropy.ChunkEncoder;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.SymbolEntropy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a pruned int8 model takes on the wire, beside zstd -19. */
final class PruneBytes {
  private static final int ROUNDS = 20;
  private static final double WITHIN_BOUND = 1.015;
  private static final double DECODED = 300;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Workshop workshop;
  private final boolean withPeer;

  PruneBytes(Workshop workshop, boolean withPeer) {
    this.workshop = workshop;
    this.withPeer = withPeer;
  }

  static String peerVersion(Workshop workshop) {
    return Program.run("zstd", List.of("zstd", "-V"), LIMIT, workshop.log("zstd version"))
        .strip()
        .replace("*", "");
  }

  /**
   * @param gain of zstd's bytes, at most
   */
  List<Row> rows(String what, Path folder, double gain) {
    try {
      OnnxModel model = OnnxModel.open(folder);
      byte[] symbols = symbols(model);
      List<byte[]> chunks = coded(symbols);
      long bytes = chunks.stream().mapToLong(chunk -> chunk.length).sum();
      double bound = SymbolEntropy.of(model).boundBytes();
      List<Row> rows = new ArrayList<>();
      Path file = Files.write(workshop.scratch().resolve("symbols"), symbols);
      List<Goal> goals = new ArrayList<>();
      goals.add(Goal.atMost((double) bytes / bound, WITHIN_BOUND, "%.3f × the order-0 entropy"));
      goals.add(Goal.atMost((double) bytes, symbols.length, "%.0f bytes, the dense form"));
      String peer = Row.NONE;
      if (withPeer) {
        long zstd = zstd(file);
        peer = String.format(Locale.ROOT, "%,d", zstd);
        goals.add(Goal.atMost((double) bytes / zstd, gain, "%.3f × zstd -19"));
      }
      String own =
          String.format(Locale.ROOT, "%,d of %,d (entropy %,.0f)", bytes, symbols.length, bound);
      rows.add(Row.judged(what + ", bytes", own, peer, goals));
      rows.add(
          Row.judged(
              what + ", the whole model and its decoding",
              String.format(
                  Locale.ROOT,
                  "%,d bytes on the wire of %,d; %.0f MB/s",
                  onWire(folder),
                  model.sizeBytes(),
                  decoding(chunks, symbols.length)),
              Row.NONE,
              List.of(
                  Goal.atLeast(decoding(chunks, symbols.length), DECODED, "%.0f MB/s a core"))));
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder + " failed: " + e.getMessage(), e);
    }
  }

  private static byte[] symbols(OnnxModel model) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (TensorProto tensor : model.graph().getInitializerList()) {
      if (tensor.getDataType() == ElementType.INT8.number() && tensor.getDimsCount() > 1) {
        all.write(model.payload(tensor).toByteString().toByteArray());
      }
    }
    return all.toByteArray();
  }

  private static List<byte[]> coded(byte[] bytes) {
    ChunkEncoder encoder = new ChunkEncoder();
    List<byte[]> chunks = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += ChunkTable.CHUNK_BYTES) {
      byte[] chunk =
          Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + ChunkTable.CHUNK_BYTES));
      chunks.add(encoder.shorter(chunk, chunk.length).orElse(chunk));
    }
    return chunks;
  }

  /** Bytes of a model's files as a controller sends them. */
  static long onWire(Path folder) {
    try {
      long bytes = 0;
      for (Path file : OnnxModel.open(folder).files()) {
        try (InputStream in = Files.newInputStream(file)) {
          ChunkEncoder encoder = new ChunkEncoder();
          byte[] chunk = in.readNBytes(ChunkTable.CHUNK_BYTES);
          for (; chunk.length > 0; chunk = in.readNBytes(ChunkTable.CHUNK_BYTES)) {
            bytes += encoder.shorter(chunk, chunk.length).orElse(chunk).length;
          }
        }
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder + " failed: " + e.getMessage(), e);
    }
  }

  private long zstd(Path file) throws IOException {
    Path out = file.resolveSibling("symbols.zst");
    List<String> command =
        List.of("zstd", "-19", "-q", "-f", file.toString(), "-o", out.toString());
    Program.run("zstd", command, LIMIT, workshop.log("zstd"));
    return Files.size(out);
  }

  /** MB of output a second of this thread's CPU time. */
  private static double decoding(List<byte[]> chunks, int length) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    ChunkDecoder decoder = new ChunkDecoder();
    byte[] into = new byte[ChunkTable.CHUNK_BYTES];
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = threads.getCurrentThreadCpuTime();
      long decoded = 0;
      while (decoded < 20_000_000) {
        int left = length;
        for (byte[] chunk : chunks) {
          int expected = Math.min(left, into.length);
          if (chunk.length < expected) {
            decoder.decode(chunk, 0, chunk.length, into, expected);
            decoded += expected;
          }
          left -= expected;
        }
        decoded += decoded == 0 ? 20_000_000 : 0;
      }
      best = Math.max(best, decoded * 1e3 / (threads.getCurrentThreadCpuTime() - start));
    }
    return best;
  }
}
