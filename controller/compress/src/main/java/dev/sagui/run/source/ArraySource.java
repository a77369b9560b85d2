/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Arrays that NumPy wrote, one sample a row. An input that takes no batch may also have an array of
 * its own shape, which is then the same in every sample.
 */
public final class ArraySource implements SampleSource {
  private final NamedArrays arrays;
  private final List<ArrayRows> columns = new ArrayList<>();
  private final int count;

  private ArraySource(NamedArrays arrays, List<InputSlot> slots, int limit) {
    this.arrays = arrays;
    for (InputSlot slot : slots) {
      find(arrays, slots, slot).ifPresent(name -> columns.add(new ArrayRows(arrays, name, slot)));
    }
    if (columns.isEmpty()) {
      throw BadData.of(
          "expected arrays named %s in %s, found %s"
              .formatted(
                  slots.stream().map(InputSlot::name).toList(), arrays.path(), arrays.names()));
    }
    this.count = SampleSource.bounded(rows(), limit, arrays.path());
  }

  /** The arrays of an {@code .npz} file. */
  public static ArraySource zip(Path file, List<InputSlot> slots, int limit) {
    return closingOnFailure(new ArrayZip(file), slots, limit);
  }

  /** A folder of {@code NAME.npy} files, or one such file. */
  public static ArraySource folder(Path folder, List<InputSlot> slots, int limit) {
    return closingOnFailure(new ArrayFolder(folder), slots, limit);
  }

  private static ArraySource closingOnFailure(
      NamedArrays arrays, List<InputSlot> slots, int limit) {
    try {
      return new ArraySource(arrays, slots, limit);
    } catch (RuntimeException e) {
      arrays.close();
      throw e;
    }
  }

  /** The array of that input's name; a single array is a single input's, whatever its name. */
  private static Optional<String> find(NamedArrays arrays, List<InputSlot> slots, InputSlot slot) {
    Set<String> names = arrays.names();
    String inFiles = slot.name().replace('/', '_').replace(':', '_');
    if (names.contains(slot.name())) {
      return Optional.of(slot.name());
    }
    if (names.contains(inFiles)) {
      return Optional.of(inFiles);
    }
    return slots.size() == 1 && names.size() == 1 ? names.stream().findFirst() : Optional.empty();
  }

  private long rows() {
    long[] rows =
        columns.stream().flatMapToLong(column -> column.count().stream()).distinct().toArray();
    if (rows.length > 1) {
      throw BadData.of(
          "the arrays of %s hold %d and %d samples, expected as many in each"
              .formatted(arrays.path(), rows[0], rows[1]));
    }
    return rows.length == 0 ? 1 : rows[0];
  }

  @Override
  public List<String> inputs() {
    return columns.stream().map(ArrayRows::input).toList();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public boolean isUniform() {
    return true;
  }

  @Override
  public List<Tensor> next() {
    return columns.stream().map(ArrayRows::next).toList();
  }

  @Override
  public void close() {
    columns.forEach(ArrayRows::close);
    arrays.close();
  }
}
