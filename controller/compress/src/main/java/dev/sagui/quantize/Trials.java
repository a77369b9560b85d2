/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Parallel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs edited models that are held against each other: two at a time where a run keeps to one
 * thread and the weights are few enough to be there twice. Results do not depend on it.
 */
public final class Trials {
  static final Trials ONE_BY_ONE = new Trials(false);

  private static final long SMALL_BYTES = 1 << 26;

  private final boolean parallel;

  private Trials(boolean parallel) {
    this.parallel = parallel;
  }

  /**
   * @param threads of one run
   */
  public static Trials of(OnnxModel model, int threads) {
    long bytes = Float.BYTES * model.facts().parameters();
    return new Trials(threads == 1 && bytes <= SMALL_BYTES);
  }

  /** What becomes of each item, in order; fails as {@link Parallel#map}. */
  public <T, R> List<R> map(List<T> items, Parallel.Mapping<? super T, ? extends R> trial)
      throws IOException {
    if (parallel) {
      return Parallel.map(items, trial);
    }
    List<R> results = new ArrayList<>();
    for (T item : items) {
      results.add(trial.apply(item));
    }
    return results;
  }
}
