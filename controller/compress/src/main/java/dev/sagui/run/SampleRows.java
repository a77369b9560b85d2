/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.run.source.BadData;
import dev.sagui.run.source.InputSlot;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Joins samples to batches. */
final class SampleRows {
  private SampleRows() {}

  /**
   * The next samples as one batch.
   *
   * @param size of the batch; the last sample stands again for those beyond {@code samples}
   */
  static List<Tensor> batch(SampleCursor cursor, List<InputSlot> slots, int samples, int size) {
    List<List<Tensor>> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      rows.add(i < samples ? cursor.next() : rows.get(samples - 1));
    }
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      int input = i;
      List<Tensor> column = rows.stream().map(row -> row.get(input)).toList();
      tensors.add(slots.get(i).batched() ? joined(column) : column.get(0));
    }
    return tensors;
  }

  private static Tensor joined(List<Tensor> rows) {
    Tensor first = rows.get(0);
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(first.data().remaining(), rows.size()));
    for (Tensor row : rows) {
      if (!Objects.equals(row.shape(), first.shape())) {
        throw BadData.of(
            "the model fixes a batch of %d, but samples of '%s' differ in shape: %s and %s"
                .formatted(rows.size(), first.name(), first.shape(), row.shape()));
      }
      data.put(row.data());
    }
    List<Long> shape = new ArrayList<>(first.shape());
    shape.add(0, (long) rows.size());
    return new Tensor(first.name(), first.type(), shape, data.flip());
  }
}
