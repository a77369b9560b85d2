/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.quality.ModelKind;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/** The number that a kind of model is judged by besides SQNR; it sees run after run. */
interface QuantizeMeasure {
  /** The file that is judged, before its runs, for those that run it in a way of their own. */
  default void begin(Path candidate) {}

  /**
   * @param inputs of both runs
   */
  void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate);

  /** How outputs are held against each other: waveforms may differ in length. */
  default ModelKind kind() {
    return ModelKind.VECTOR;
  }

  /** The number over all runs seen. */
  QuantizeOwn own();
}
