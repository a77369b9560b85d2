/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds gradients against central differences of Σ y·r: in float64 where ONNX Runtime has the
 * operators in it, else in float32 with a step that is large enough for its digits.
 */
final class Differences implements AutoCloseable {
  private static final double MOST_RELATIVE = 1e-4;
  private static final double MOST_RELATIVE_SINGLE = 3e-3;

  private final TorchCase torch;
  private final OrtModel session;
  private final DataType real;

  private Differences(TorchCase torch, OrtModel session, DataType real) {
    this.torch = torch;
    this.session = session;
    this.real = real;
  }

  static Differences of(TorchCase torch, Path folder) throws IOException {
    if (torch.has("GroupNormalization")) { // computes in float32 whatever it takes
      return open(torch, folder, DataType.FP32);
    }
    try {
      return open(torch, folder, DataType.FP64);
    } catch (RejectedException e) {
      return open(torch, folder, DataType.FP32);
    }
  }

  private static Differences open(TorchCase torch, Path folder, DataType real) throws IOException {
    Path file = folder.resolve(real + ".onnx");
    Files.write(file, torch.model(real).toByteArray());
    Differences differences = new Differences(torch, OrtModel.open(file, 1), real);
    try {
      differences.loss(0, 0, 0);
      return differences;
    } catch (RejectedException e) {
      differences.close();
      throw e;
    }
  }

  /** Whether the differences are of float64. */
  boolean isDouble() {
    return real == DataType.FP64;
  }

  /** For every element of every input. */
  void check(List<Tensor> analytic) {
    for (int i = 0; i < analytic.size(); i++) {
      float[] found = analytic.get(i).floats();
      double largest = isDouble() ? 0 : 0.1;
      double worst = 0;
      for (int at = 0; at < found.length; at++) {
        double step = isDouble() ? 1e-6 : 1e-2;
        double expected = (loss(i, at, step) - loss(i, at, -step)) / (2 * step);
        largest = Math.max(largest, Math.abs(expected));
        worst = Math.max(worst, Math.abs(expected - found[at]));
      }
      assertTrue(
          worst <= (isDouble() ? MOST_RELATIVE : MOST_RELATIVE_SINGLE) * largest,
          "%s is off by %s of %s from differences"
              .formatted(analytic.get(i).name(), worst, largest));
    }
  }

  private double loss(int input, int at, double by) {
    List<Tensor> moved = new ArrayList<>();
    torch.inputs().forEach(tensor -> moved.add(TorchCase.in(real, tensor)));
    moved.set(input, moved(moved.get(input), at, by));
    ByteBuffer y = session.run(moved).get(0).data();
    float[] weights = torch.r().floats();
    double sum = 0;
    for (float weight : weights) {
      sum += weight * (isDouble() ? y.getDouble() : y.getFloat());
    }
    return sum;
  }

  private Tensor moved(Tensor tensor, int at, double by) {
    ByteBuffer old = tensor.data();
    ByteBuffer copy =
        ByteBuffer.allocateDirect(old.remaining()).order(ByteOrder.LITTLE_ENDIAN).put(old).flip();
    if (isDouble()) {
      copy.putDouble(8 * at, copy.getDouble(8 * at) + by);
    } else {
      copy.putFloat(4 * at, (float) (copy.getFloat(4 * at) + by));
    }
    return new Tensor(tensor.name(), tensor.type(), tensor.shape(), copy);
  }

  @Override
  public void close() {
    session.close();
  }
}
