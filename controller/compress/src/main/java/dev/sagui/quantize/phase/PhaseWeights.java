/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import com.google.protobuf.ByteString;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Payload;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a layer, taken apart into phases: from [Cout, Cin/g, k…] or, transposed, [Cin,
 * Cout/g, k…] to [g · phases · Cout/g, Cin/g, window…].
 *
 * @param groups of the convolution
 * @param outputs channels of a group's output
 * @param inputs channels of a group's input
 * @param transposed whether input channels come first
 */
record PhaseWeights(
    int groups, int outputs, int inputs, boolean transposed, PhaseAxis rows, PhaseAxis columns) {
  private static final long HEAP_BYTES = 1 << 20;

  /** Weights and dimensions for a layer with one or two spatial axes. */
  static PhaseWeights of(int groups, List<Long> dims, boolean transposed, List<PhaseAxis> axes) {
    int first = dims.get(0).intValue();
    int second = dims.get(1).intValue();
    return new PhaseWeights(
        groups,
        transposed ? second : first / groups,
        transposed ? first / groups : second,
        transposed,
        axes.size() == 1 ? PhaseAxis.SINGLE : axes.get(0),
        axes.get(axes.size() - 1));
  }

  int phases() {
    return rows.factor() * columns.factor();
  }

  /** [g · phases · Cout/g, Cin/g, window…], with as many windows as {@code spatial}. */
  List<Long> dims(int spatial) {
    List<Long> dims = new ArrayList<>();
    dims.add((long) groups * phases() * outputs);
    dims.add((long) inputs);
    if (spatial == 2) {
      dims.add((long) rows.window());
    }
    dims.add((long) columns.window());
    return dims;
  }

  double[] bias(double[] bias) {
    double[] all = new double[groups * phases() * outputs];
    for (int i = 0; i < all.length; i++) {
      all[i] = bias[i / (phases() * outputs) * outputs + i % outputs];
    }
    return all;
  }

  /** The weights, on the heap when they are small, else in a file of {@code scratch}. */
  Payload payload(float[] weights, Scratch scratch) throws IOException {
    long bytes = (long) groups * phases() * outputs * channelBytes();
    if (bytes <= HEAP_BYTES) {
      ByteString.Output heap = ByteString.newOutput((int) bytes);
      write(weights, heap);
      return Payload.of(heap.toByteString());
    }
    Path file = scratch.next();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      write(weights, out);
    }
    return new FileSpan(file, 0, bytes);
  }

  private int channelBytes() {
    return inputs * rows.window() * columns.window() * Float.BYTES;
  }

  private void write(float[] weights, OutputStream out) throws IOException {
    ByteBuffer channel = ByteBuffer.allocate(channelBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int g = 0; g < groups; g++) {
      for (int phase = 0; phase < phases(); phase++) {
        for (int c = 0; c < outputs; c++) {
          channel.clear();
          for (int i = 0; i < inputs; i++) {
            window(weights, kernel(g, c, i), phase, channel);
          }
          out.write(channel.array());
        }
      }
    }
  }

  /** Where the kernel of an input and an output channel starts. */
  private int kernel(int group, int output, int input) {
    int size = rows.kernel() * columns.kernel();
    return transposed
        ? ((group * inputs + input) * outputs + output) * size
        : ((group * outputs + output) * inputs + input) * size;
  }

  private void window(float[] weights, int kernel, int phase, ByteBuffer into) {
    int[][] vertical = rows.taps()[phase / columns.factor()];
    int[][] horizontal = columns.taps()[phase % columns.factor()];
    for (int[] ys : vertical) {
      for (int[] xs : horizontal) {
        float sum = 0;
        for (int y : ys) {
          for (int x : xs) {
            sum += weights[kernel + y * columns.kernel() + x];
          }
        }
        into.putFloat(sum);
      }
    }
  }
}
