/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A feed-forward block 2048 → 8192 → 2048 with Relu whose hidden neurons belong to 8 directions, in
 * no order, and are silent but for inputs along their own; and inputs along two of them each.
 */
final class ExpertsModel {
  static final int WIDTH = 2048;
  static final int HIDDEN = 8192;
  static final int DIRECTIONS = 8;
  private static final String DATA = "block.data";
  private static final float GAIN = 6;

  private final float[][] directions = new float[DIRECTIONS][WIDTH];

  ExpertsModel() {
    SplittableRandom random = new SplittableRandom(1);
    for (float[] direction : directions) {
      for (int i = 0; i < WIDTH; i++) {
        direction[i] = noise(random) / (float) Math.sqrt(WIDTH);
      }
    }
  }

  /** Of variance one. */
  private static float noise(SplittableRandom random) {
    return (float) ((random.nextDouble() * 2 - 1) * Math.sqrt(3));
  }

  /** Rows [rows, 2048], each along two directions at random. */
  Tensor input(SplittableRandom random, int rows) {
    float[] values = new float[rows * WIDTH];
    for (int row = 0; row < rows; row++) {
      int first = random.nextInt(DIRECTIONS);
      int second = (first + 1 + random.nextInt(DIRECTIONS - 1)) % DIRECTIONS;
      for (int i = 0; i < WIDTH; i++) {
        values[row * WIDTH + i] =
            directions[first][i]
                + directions[second][i]
                + 0.2f * noise(random) / (float) Math.sqrt(WIDTH);
      }
    }
    return Tensor.of("x", values, rows, WIDTH);
  }

  /** Runs of one row each. */
  List<List<Tensor>> inputs(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Tensor>> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      inputs.add(List.of(input(random, 1)));
    }
    return inputs;
  }

  /** The model's file in {@code folder}. */
  Path write(Path folder) {
    Path model = folder.resolve("block.onnx");
    try {
      Files.createDirectories(folder);
      try (OutputStream out =
          new BufferedOutputStream(Files.newOutputStream(folder.resolve(DATA)), 1 << 16)) {
        weights(out);
      }
      Files.write(model, message());
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + folder + " failed: " + e.getMessage(), e);
    }
  }

  /** [2048, 8192], the first biases, [8192, 2048]. */
  private void weights(OutputStream out) throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < WIDTH; i++) {
      for (int f = 0; f < HIDDEN; f++) {
        float own = GAIN * directions[f % DIRECTIONS][i];
        write(out, own + 0.3f * noise(random) / (float) Math.sqrt(WIDTH));
      }
    }
    for (int f = 0; f < HIDDEN; f++) {
      write(out, -GAIN / 2);
    }
    for (int i = 0; i < HIDDEN * WIDTH; i++) {
      write(out, noise(random) / (float) Math.sqrt(HIDDEN));
    }
  }

  private static void write(OutputStream out, float value) throws IOException {
    int bits = Float.floatToRawIntBits(value);
    out.write(bits);
    out.write(bits >> 8);
    out.write(bits >> 16);
    out.write(bits >> 24);
  }

  private static byte[] message() {
    return ProtoBytes.message(
        model -> {
          ProtoBytes.varintField(model, 1, 8);
          ProtoBytes.field(model, 8, ProtoBytes.message(o -> ProtoBytes.varintField(o, 2, 17)));
          ProtoBytes.field(model, 7, ProtoBytes.message(ExpertsModel::graph));
        });
  }

  private static void graph(OutputStream graph) throws IOException {
    ProtoBytes.field(graph, 1, BigModel.node("MatMul", "a", "x", "w1"));
    ProtoBytes.field(graph, 1, BigModel.node("Add", "b", "a", "b1"));
    ProtoBytes.field(graph, 1, BigModel.node("Relu", "h", "b"));
    ProtoBytes.field(graph, 1, BigModel.node("MatMul", "y", "h", "w2"));
    ProtoBytes.field(graph, 2, ProtoBytes.utf8("block"));
    long matrix = 4L * WIDTH * HIDDEN;
    ProtoBytes.field(graph, 5, ChainModel.tensor("w1", DATA, 0, WIDTH, HIDDEN));
    ProtoBytes.field(graph, 5, ChainModel.tensor("b1", DATA, matrix, HIDDEN));
    ProtoBytes.field(graph, 5, ChainModel.tensor("w2", DATA, matrix + 4 * HIDDEN, HIDDEN, WIDTH));
    ProtoBytes.field(graph, 11, BigModel.value("x", WIDTH));
    ProtoBytes.field(graph, 12, BigModel.value("y", WIDTH));
  }
}
