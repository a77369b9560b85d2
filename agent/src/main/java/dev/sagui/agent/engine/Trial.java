/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** What a new model must show before it serves: its golden outputs, in time. */
public final class Trial {
  private static final int TIMED_RUNS = 20;

  private final LongSupplier nanoClock;

  public Trial(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Returns normally if {@code session} passes.
   *
   * @param golden a safetensors file with {@code in:NAME} and {@code out:NAME}
   * @param tolerance largest absolute difference that passes
   * @param p95LimitMillis of one run on the golden inputs; infinity means no limit
   * @throws RejectedException GOLDEN_MISMATCH or TOO_SLOW, with what was found
   */
  public void run(Session session, byte[] golden, double tolerance, double p95LimitMillis) {
    Golden given = Golden.parse(golden);
    List<Tensor> found = session.infer(given.inputs());
    if (given.outputs().isEmpty()) {
      throw mismatch("the golden file holds no output");
    }
    for (Tensor expected : given.outputs()) {
      compare(expected, output(found, expected.name()), tolerance);
    }
    if (Double.isFinite(p95LimitMillis)) {
      time(session, given.inputs(), p95LimitMillis);
    }
  }

  private static Tensor output(List<Tensor> outputs, String name) {
    return outputs.stream()
        .filter(output -> output.name().equals(name))
        .findFirst()
        .orElseThrow(() -> mismatch("output '%s' is missing".formatted(name)));
  }

  private static void compare(Tensor expected, Tensor found, double tolerance) {
    if (!expected.shape().equals(found.shape()) || expected.type() != found.type()) {
      throw mismatch(
          "output '%s' must be %s %s, found %s %s"
              .formatted(
                  expected.name(), expected.type(), expected.shape(), found.type(), found.shape()));
    }
    if (expected.type() != DataType.FP32) {
      if (!expected.data().equals(found.data())) {
        throw mismatch("output '%s' differs".formatted(expected.name()));
      }
      return;
    }
    compareFloats(expected, found, tolerance);
  }

  private static void compareFloats(Tensor expected, Tensor found, double tolerance) {
    FloatBuffer a = expected.data().asFloatBuffer();
    FloatBuffer b = found.data().asFloatBuffer();
    for (int i = 0; i < a.limit(); i++) {
      double difference = Math.abs((double) a.get(i) - b.get(i));
      if (!(difference <= tolerance)) { // NaN is never within the tolerance
        throw mismatch(
            "output '%s' element %d must be %s within %s, found %s"
                .formatted(expected.name(), i, a.get(i), tolerance, b.get(i)));
      }
    }
  }

  private void time(Session session, List<Tensor> inputs, double limitMillis) {
    long[] nanos = new long[TIMED_RUNS];
    for (int i = 0; i < TIMED_RUNS; i++) {
      long start = nanoClock.getAsLong();
      session.infer(inputs);
      nanos[i] = nanoClock.getAsLong() - start;
    }
    Arrays.sort(nanos);
    double p95 = nanos[TIMED_RUNS * 95 / 100 - 1] / 1e6;
    if (p95 > limitMillis) {
      throw new RejectedException(
          FailureCode.TOO_SLOW,
          "p95 of %d runs on this device is %.2f ms, the release's limit is %.2f ms"
              .formatted(TIMED_RUNS, p95, limitMillis));
    }
  }

  private static RejectedException mismatch(String what) {
    return new RejectedException(FailureCode.GOLDEN_MISMATCH, "golden test: " + what);
  }
}
