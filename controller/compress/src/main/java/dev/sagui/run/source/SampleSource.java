/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.util.List;

/** Samples in order, one at a time; closing gives files back. */
public interface SampleSource extends AutoCloseable {
  /** The most samples that one source gives; more say so and ask for {@code :N}. */
  int MAX_SAMPLES = 1_000_000;

  /** The names of the inputs that it fills. */
  List<String> inputs();

  /** Samples in all. */
  int count();

  /** Whether all samples have one shape, so that they can share a batch. */
  boolean isUniform();

  /**
   * The next sample: a tensor for each input that the source fills, without the batch dimension.
   * Called at most {@link #count} times.
   *
   * @throws RejectedException BAD_REQUEST, the data cannot be used
   */
  List<Tensor> next();

  @Override
  void close();

  /**
   * Checks a declared number of samples.
   *
   * @param limit how many are wanted at most
   * @param from for messages
   */
  static int bounded(long declared, int limit, Object from) {
    long count = Math.min(declared, limit);
    if (count < 1) {
      throw BadData.of("%s holds no samples".formatted(from));
    }
    if (count > MAX_SAMPLES) {
      throw BadData.of(
          "%s holds %,d samples, at most %,d are taken; add :N for the first N"
              .formatted(from, declared, MAX_SAMPLES));
    }
    return (int) count;
  }
}
