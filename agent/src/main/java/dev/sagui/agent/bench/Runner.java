/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.agent.engine.Engine;
import dev.sagui.agent.engine.Golden;
import dev.sagui.agent.engine.Session;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** A model that is timed on the first of its golden samples. */
final class Runner implements AutoCloseable {
  private final Session session;
  private final Golden golden;
  private final List<Tensor> sample;
  private final double loadMillis;
  private final Clocks clocks;
  private double firstMillis;
  private long cpuTaken;

  /**
   * What time went by.
   *
   * @param nanos on the wall
   * @param cpuNanos of all threads of this process
   */
  record Clocks(LongSupplier nanos, LongSupplier cpuNanos) {}

  private Runner(
      Session session, Golden golden, List<Tensor> sample, double loadMillis, Clocks clocks) {
    this.session = session;
    this.golden = golden;
    this.sample = sample;
    this.loadMillis = loadMillis;
    this.clocks = clocks;
  }

  static Runner open(Engine engine, BenchTask.Part part, int threads, Clocks clocks)
      throws IOException {
    Golden golden = Golden.parse(Files.readAllBytes(part.golden()));
    long start = clocks.nanos.getAsLong();
    Session session =
        engine.open(part.folder(), part.entry(), part.inputs(), part.outputs(), threads);
    double loadMillis = (clocks.nanos.getAsLong() - start) / 1e6;
    List<Tensor> sample =
        batched(part) ? golden.inputs().stream().map(Runner::first).toList() : golden.inputs();
    return new Runner(session, golden, sample, loadMillis, clocks);
  }

  /** Whether the first dimension of all inputs is a batch of any size. */
  private static boolean batched(BenchTask.Part part) {
    return part.inputs().stream()
        .allMatch(input -> !input.shape().isEmpty() && input.shape().get(0) < 0);
  }

  private static Tensor first(Tensor batch) {
    List<Long> shape = new ArrayList<>(batch.shape());
    ByteBuffer data = batch.data();
    int bytes = (int) (data.remaining() / Math.max(1, shape.get(0)));
    shape.set(0, 1L);
    return new Tensor(batch.name(), batch.type(), shape, data.limit(data.position() + bytes));
  }

  /** Largest absolute difference to the golden outputs; infinite when they are not comparable. */
  double differs() {
    List<Tensor> found = session.infer(golden.inputs());
    double most = 0;
    for (Tensor expected : golden.outputs()) {
      most =
          Math.max(
              most,
              found.stream()
                  .filter(output -> output.name().equals(expected.name()))
                  .mapToDouble(output -> difference(expected, output))
                  .findFirst()
                  .orElse(Double.POSITIVE_INFINITY));
    }
    return most;
  }

  private static double difference(Tensor expected, Tensor found) {
    if (!expected.shape().equals(found.shape()) || expected.type() != found.type()) {
      return Double.POSITIVE_INFINITY;
    }
    if (expected.type() != DataType.FP32) {
      return expected.data().equals(found.data()) ? 0 : Double.POSITIVE_INFINITY;
    }
    float[] a = expected.floats();
    float[] b = found.floats();
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      most = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(most, difference);
    }
    return most;
  }

  void warmUp(int runs) {
    firstMillis = time() / 1e6;
    for (int i = 1; i < runs; i++) {
      time();
    }
    cpuTaken = 0;
  }

  /** Nanoseconds of one run. */
  long time() {
    long cpu = clocks.cpuNanos.getAsLong();
    long start = clocks.nanos.getAsLong();
    session.infer(sample);
    long nanos = clocks.nanos.getAsLong() - start;
    cpuTaken += clocks.cpuNanos.getAsLong() - cpu;
    return nanos;
  }

  double loadMillis() {
    return loadMillis;
  }

  double firstMillis() {
    return firstMillis;
  }

  double cpuSeconds() {
    return cpuTaken / 1e9;
  }

  @Override
  public void close() {
    session.close();
  }
}
