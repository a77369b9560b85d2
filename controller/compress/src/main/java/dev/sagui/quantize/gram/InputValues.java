/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** What layers take, batch by batch: values that nodes give, and inputs of the model. */
public final class InputValues {
  private InputValues() {}

  /**
   * Streams the samples, once for each group of values as {@link Taps} make them.
   *
   * @throws dev.sagui.failure.RejectedException as {@link Taps#forEach}
   * @throws IOException the disk failed or is full
   */
  public static void forEach(
      OnnxModel model,
      Collection<String> names,
      Samples samples,
      int threads,
      Consumer<Tensor> each)
      throws IOException {
    Set<String> tapped = new LinkedHashSet<>(names);
    tapped.retainAll(new LinkedHashSet<>(Taps.values(model)));
    Set<String> given = new LinkedHashSet<>(names);
    given.removeAll(tapped);
    if (!tapped.isEmpty()) {
      try (Taps taps = Taps.of(model, tapped, threads)) {
        taps.forEach(samples, each);
      }
    }
    if (!given.isEmpty()) {
      samples.forEachBatch(
          batch -> batch.stream().filter(value -> given.contains(value.name())).forEach(each));
    }
  }
}
