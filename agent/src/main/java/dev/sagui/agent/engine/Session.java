/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import dev.sagui.tensor.Tensor;
import java.util.List;

/** An open model; any thread may ask, one run is in flight at a time. */
public interface Session extends AutoCloseable {
  /**
   * The model's outputs, in its order, copied.
   *
   * @throws dev.sagui.failure.RejectedException BAD_TENSOR naming the input, what it must be and
   *     what it was
   */
  List<Tensor> infer(List<Tensor> inputs);

  /** Waits for the run in flight. */
  @Override
  void close();
}
