/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One array for one input: a sample a row, or the same array in every sample. */
final class ArrayRows implements AutoCloseable {
  private final NamedArrays arrays;
  private final String name;
  private final InputSlot slot;
  private final String where;
  private final NpyHeader header;
  private final boolean constant;
  private final List<Long> rowShape;
  private Optional<RowReader> reader = Optional.empty();
  private Optional<Tensor> kept = Optional.empty();

  /** Reads the head and holds it against the input. */
  ArrayRows(NamedArrays arrays, String name, InputSlot slot) {
    this.arrays = arrays;
    this.name = name;
    this.slot = slot;
    this.where = "array '%s' of %s".formatted(name, arrays.path());
    this.header = head();
    int rank = header.shape().size();
    this.constant = !slot.batched() && rank == slot.rank();
    if (!constant && rank != slot.rank() + 1) {
      throw mismatch("%d dimensions with the samples first".formatted(slot.rank() + 1));
    }
    this.rowShape = constant ? header.shape() : header.shape().subList(1, rank);
    checkShape();
    if (!header.type().fits(slot.type())) {
      throw mismatch(slot.isFloat() ? "floating point elements" : "integer elements");
    }
    checkLength();
  }

  private NpyHeader head() {
    try (InputStream in = arrays.open(name)) {
      return NpyHeader.read(in, where);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private void checkShape() {
    for (int i = 0; i < slot.rank(); i++) {
      if (slot.shape().get(i) >= 0 && !slot.shape().get(i).equals(rowShape.get(i))) {
        List<Long> wanted = new ArrayList<>(slot.shape());
        throw mismatch("samples of shape " + wanted);
      }
    }
    slot.elements(rowShape);
  }

  private void checkLength() {
    try {
      OptionalLong bytes = arrays.bytes(name);
      double declared = header.type().bytes();
      for (long dim : header.shape()) {
        declared *= dim;
      }
      if (bytes.isPresent() && header.bytes() + declared > bytes.getAsLong()) {
        throw BadData.of(
            "%s declares %,.0f bytes, the file has %,d; is it complete?"
                .formatted(where, declared, bytes.getAsLong()));
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** The input's name. */
  String input() {
    return slot.name();
  }

  /** Samples; empty when the array serves any number. */
  OptionalLong count() {
    return constant ? OptionalLong.empty() : OptionalLong.of(header.shape().get(0));
  }

  Tensor next() {
    if (kept.isPresent()) {
      return kept.get();
    }
    try {
      RowReader rows = reader.isPresent() ? reader.get() : start();
      reader = Optional.of(rows);
      ByteBuffer data = Elements.buffer(slot.type(), slot.elements(rowShape));
      header.type().convert(ByteBuffer.wrap(rows.next()), data, slot.type(), where);
      Tensor tensor = new Tensor(slot.name(), slot.type(), rowShape, data.flip());
      kept = constant ? Optional.of(tensor) : Optional.empty();
      return tensor;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private RowReader start() throws IOException {
    int rowBytes = Math.multiplyExact(slot.elements(rowShape), header.type().bytes());
    long rows = constant ? 1 : header.shape().get(0);
    if (header.fortran() && header.shape().size() > 1) {
      return new FortranRows(
          this::elements, rows, rowShape, header.type().bytes(), FortranRows.TILE_BYTES);
    }
    return new StraightRows(elements(), rows, rowBytes);
  }

  private InputStream elements() throws IOException {
    InputStream in = arrays.open(name);
    in.skipNBytes(header.bytes());
    return in;
  }

  private RuntimeException mismatch(String wanted) {
    return BadData.of(
        "%s takes %s, %s is %s%s".formatted(slot, wanted, where, header.type(), header.shape()));
  }

  private RuntimeException broken(IOException e) {
    return BadData.unreadable(arrays.path(), "array '%s'".formatted(name), e);
  }

  @Override
  public void close() {
    try {
      if (reader.isPresent()) {
        reader.get().close();
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }
}
