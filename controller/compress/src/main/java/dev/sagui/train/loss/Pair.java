/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.List;

/**
 * What a loss compares.
 *
 * @param output float32
 * @param target of the same shape, float32; for cross-entropy the class ids, without the axis of
 *     classes
 * @param shape of both, [batch, …], fixed when the graph is built
 * @param peak span of the output's nominal range: 1 for 0..1, 2 for −1..1, 255
 */
public record Pair(String output, String target, List<Long> shape, double peak) {
  public Pair {
    shape = List.copyOf(shape);
  }

  /** The low end of the nominal range: a span of 2 is that of −1..1, others begin at 0. */
  double low() {
    return peak == 2 ? -1 : 0;
  }

  /** Elements of both. */
  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Elements of one sample. */
  long sampleElements() {
    return elements() / shape.get(0);
  }

  /** That a loss cannot compare these. */
  RejectedException unsuited(String loss, String expected) {
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "%s compares %s, but '%s' has shape %s; take another loss, such as l1"
            .formatted(loss, expected, output, shape));
  }
}
