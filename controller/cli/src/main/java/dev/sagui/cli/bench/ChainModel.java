/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.ElementType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A model of seeded noise: MatMul and Relu in turns, [batch, width] in and out, its matrices in
 * external data.
 *
 * @param layers MatMul nodes
 * @param width of every layer
 */
record ChainModel(int layers, int width) {
  static final String DATA = "chain.data";

  /** The model's file in {@code folder}; written the first time. */
  Path write(Path folder) {
    Path model = folder.resolve("chain.onnx");
    if (Files.exists(model)) {
      return model;
    }
    try {
      Files.createDirectories(folder);
      data(folder.resolve(DATA));
      Files.write(model, model());
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + folder + " failed: " + e.getMessage(), e);
    }
  }

  private void data(Path file) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      for (long i = 0; i < (long) layers * width * width; i++) {
        int bits = Float.floatToRawIntBits((random.nextInt() >> 8) * 0x1p-28f);
        out.write(bits);
        out.write(bits >> 8);
        out.write(bits >> 16);
        out.write(bits >> 24);
      }
    }
  }

  private byte[] model() {
    return ProtoBytes.message(
        model -> {
          ProtoBytes.varintField(model, 1, 8);
          ProtoBytes.field(model, 8, ProtoBytes.message(o -> ProtoBytes.varintField(o, 2, 17)));
          ProtoBytes.field(model, 7, ProtoBytes.message(this::graph));
        });
  }

  private void graph(OutputStream graph) throws IOException {
    for (int i = 0; i < layers; i++) {
      String product = "p" + i;
      ProtoBytes.field(graph, 1, BigModel.node("MatMul", product, "x" + i, "w" + i));
      ProtoBytes.field(graph, 1, BigModel.node("Relu", "x" + (i + 1), product));
    }
    ProtoBytes.field(graph, 2, ProtoBytes.utf8("chain"));
    for (int i = 0; i < layers; i++) {
      ProtoBytes.field(graph, 5, tensor("w" + i, DATA, i * 4L * width * width, width, width));
    }
    ProtoBytes.field(graph, 11, BigModel.value("x0", width));
    ProtoBytes.field(graph, 12, BigModel.value("x" + layers, width));
  }

  /** A float32 tensor in external data. */
  static byte[] tensor(String name, String file, long offset, int... dims) {
    return ProtoBytes.message(
        tensor -> {
          long bytes = Float.BYTES;
          for (int dim : dims) {
            ProtoBytes.varintField(tensor, 1, dim);
            bytes *= dim;
          }
          ProtoBytes.varintField(tensor, 2, ElementType.FLOAT.number());
          ProtoBytes.field(tensor, 8, ProtoBytes.utf8(name));
          ProtoBytes.field(tensor, 13, entry("location", file));
          ProtoBytes.field(tensor, 13, entry("offset", Long.toString(offset)));
          ProtoBytes.field(tensor, 13, entry("length", Long.toString(bytes)));
          ProtoBytes.varintField(tensor, 14, 1); // EXTERNAL
        });
  }

  private static byte[] entry(String key, String value) {
    return ProtoBytes.message(
        entry -> {
          ProtoBytes.field(entry, 1, ProtoBytes.utf8(key));
          ProtoBytes.field(entry, 2, ProtoBytes.utf8(value));
        });
  }
}
