/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Scorer;
import dev.sagui.train.Training;
import java.io.IOException;
import java.util.stream.Stream;

/**
 * A head for other classes on frozen features.
 *
 * @param learnt features of the samples to learn on
 * @param heldOut features of the others
 * @param classes that labels name: one more than the greatest
 */
record NewHead(OnnxModel base, Head head, Features learnt, Features heldOut, int classes) {
  private static final int MOST_CLASSES = 100_000;

  static NewHead of(OnnxModel base, LabelTask task, int threads) throws IOException {
    Head head = Head.of(base);
    OnnxModel body = head.body(base);
    Features learnt = Features.of(body, task.samples(), threads);
    Features heldOut = Features.of(body, task.heldOut(), threads);
    int least =
        Stream.concat(learnt.labels().stream(), heldOut.labels().stream())
            .mapToInt(i -> i)
            .min()
            .orElse(0);
    int most =
        Stream.concat(learnt.labels().stream(), heldOut.labels().stream())
            .mapToInt(i -> i)
            .max()
            .orElse(0);
    if (least < 0 || most < 1 || most >= MOST_CLASSES) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected labels that count two or more classes from 0, found %d to %d"
              .formatted(least, most));
    }
    return new NewHead(base, head, learnt, heldOut, most + 1);
  }

  Training closedForm(TransferSpec.Solver solver) {
    return new ClosedFormHead(
        base,
        head,
        heldOut,
        () ->
            solver == TransferSpec.Solver.LOGISTIC
                ? Logistic.fit(learnt, classes)
                : Ridge.fit(learnt, classes),
        classes);
  }

  /** The base with a new head by ridge regression, or as it is where that is better already. */
  OnnxModel better(OnnxModel base, Scorer scorer) throws IOException {
    OnnxModel renewed = head.replaced(base, Ridge.fit(learnt, classes));
    boolean keeps = head.classes() == classes && !scorer.of(renewed).betterThan(scorer.of(base));
    return keeps ? base : renewed;
  }
}
