/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a session should leave a model's weights in their mapped file, as they lie there, instead
 * of packing a copy of them into memory. It opens at once then and needs a tenth of the memory.
 */
final class MappedWeights {
  /** Below it a session opens soon enough, and a packed copy is small. */
  private static final long MIN_BYTES = 32 << 20;

  /** The model without its weights; one that is larger holds them itself. */
  private static final long MAX_ENTRY_BYTES = 16 << 20;

  /**
   * What is in the names of operators whose kernels on the CPU are slow on weights that were not
   * packed at the start: they pack them anew in each run, or compute in another way (ONNX Runtime,
   * {@code PrePack} of the kernels in {@code core/providers/cpu} and {@code contrib_ops/cpu}).
   * MatMul, Gemm and Conv in float32 run as fast on what is mapped.
   */
  private static final List<String> PACKED =
      List.of(
          "Attention",
          "Bnb4",
          "ConvTranspose",
          "DequantizeLinear",
          "GRU",
          "Integer",
          "LSTM",
          "MoE",
          "NBits",
          "QGemm",
          "QLinear",
          "Quantize",
          "RNN");

  private MappedWeights() {}

  /**
   * Large weights beside the model, and no operator that wants them packed. Names are looked for
   * anywhere in the model, so that one too many is found rather than one too few.
   */
  static boolean suit(Path folder, String entry) {
    try {
      return besides(folder, entry) >= MIN_BYTES && namesNone(folder.resolve(entry));
    } catch (IOException e) {
      return false; // the session will say what is wrong
    }
  }

  private static long besides(Path folder, String entry) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      long bytes = 0;
      for (Path file : files) {
        bytes += file.endsWith(entry) ? 0 : Files.size(file);
      }
      return bytes;
    }
  }

  private static boolean namesNone(Path model) throws IOException {
    if (Files.size(model) > MAX_ENTRY_BYTES) {
      return false;
    }
    String bytes = Files.readString(model, StandardCharsets.ISO_8859_1);
    for (String name : PACKED) { // no lambdas: their making costs more than the rest of a start
      if (bytes.contains(name)) {
        return false;
      }
    }
    return true;
  }
}
