/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * MNIST's IDX format with unsigned bytes, plain or gzipped (yann.lecun.com/exdb/mnist, "THE IDX
 * FILE FORMAT"). Samples keep their order of elements and take the input's shape.
 */
public final class IdxSource implements SampleSource {
  private static final int UNSIGNED_BYTE = 8;

  private final Path file;
  private final InputSlot slot;
  private final Range range;
  private final InputStream in;
  private final byte[] row;
  private final List<Long> shape;
  private final int count;

  public IdxSource(Path file, InputSlot slot, Optional<Range> range, int limit) {
    this.file = file;
    this.slot = slot;
    this.range = range.orElseGet(() -> Range.usual(slot));
    if (!Files.isRegularFile(file)) {
      throw BadData.missing("an IDX file", file);
    }
    try {
      this.in = open(file);
    } catch (IOException e) {
      throw broken(e);
    }
    try {
      List<Long> dims = head();
      this.count = SampleSource.bounded(dims.get(0), limit, file);
      this.shape = mapped(dims.subList(1, dims.size()));
      this.row = new byte[slot.elements(shape)];
    } catch (IOException e) {
      close();
      throw broken(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    raw.mark(2);
    boolean gzipped = raw.read() == 0x1F && raw.read() == 0x8B;
    raw.reset();
    try {
      return gzipped ? new GZIPInputStream(raw, 1 << 16) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private List<Long> head() throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0 || magic[3] < 1) {
      throw BadData.of("expected an IDX file at %s, found other bytes".formatted(file));
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw BadData.of(
          "%s has IDX elements of type %d, expected unsigned bytes".formatted(file, magic[2]));
    }
    byte[] bytes = in.readNBytes(4 * magic[3]);
    if (bytes.length < 4 * magic[3]) {
      throw BadData.of("%s ends inside its head; is the file complete?".formatted(file));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    List<Long> dims = new ArrayList<>();
    while (buffer.hasRemaining()) {
      dims.add(buffer.getInt() & 0xFFFFFFFFL);
    }
    return dims;
  }

  /** The input's shape, its free dimensions filled in order from the file's. */
  private List<Long> mapped(List<Long> dims) {
    List<Long> open = new ArrayList<>(dims);
    slot.shape().stream().filter(dim -> dim >= 0).forEach(open::remove);
    List<Long> shape = new ArrayList<>();
    for (long dim : slot.shape()) {
      shape.add(dim >= 0 ? dim : open.isEmpty() ? 1L : open.remove(0));
    }
    if (slot.elements(shape) != slot.elements(dims)) {
      throw BadData.of("%s cannot take samples of shape %s from %s".formatted(slot, dims, file));
    }
    return shape;
  }

  @Override
  public List<String> inputs() {
    return List.of(slot.name());
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
    try {
      if (in.readNBytes(row, 0, row.length) < row.length) {
        throw BadData.of("%s ends before all samples that its head declares".formatted(file));
      }
    } catch (IOException e) {
      throw broken(e);
    }
    ByteBuffer data = Elements.buffer(slot.type(), row.length);
    for (byte level : row) {
      Elements.put(data, slot.type(), range.of(level & 0xFF, !slot.isFloat()));
    }
    return List.of(new Tensor(slot.name(), slot.type(), shape, data.flip()));
  }

  private RuntimeException broken(IOException e) {
    return BadData.unreadable(file, "an IDX file", e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw broken(e);
    }
  }
}
