/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.Map;

/** Models that are trained step by step; owned by one thread. */
public interface Training extends AutoCloseable {
  /** Steps done so far. */
  long done();

  /** Steps in all. */
  long steps();

  /** Sets the steps in all, on which the rate of learning depends; before the warm-up ends. */
  void plan(long steps);

  /**
   * Does one step.
   *
   * @return the loss before it, under "loss", and its terms
   * @throws dev.sagui.failure.RejectedException DIVERGED when something is not finite; then the
   *     state is that before the step
   */
  Map<String, Double> step();

  /** How good the result is on samples that no step sees. */
  Score score() throws IOException;

  /** More that is known of the result, by name with the unit, for the report. */
  default Map<String, Double> figures() throws IOException {
    return Map.of();
  }

  /** More that belongs to the result as it would be now, by file name. */
  default Map<String, byte[]> files() throws IOException {
    return Map.of();
  }

  /** What a checkpoint keeps. */
  TrainingState state();

  /**
   * Goes on from where {@link #state} was taken.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when it is of other nets
   */
  void resume(TrainingState state);

  /** The models as they would be now, by name; the first is what training is for. */
  Map<String, OnnxModel> models();

  /** What training is for, as it would be now. */
  default OnnxModel net() {
    return models().values().iterator().next();
  }

  @Override
  void close();
}
