/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Samples as NumPy's archive of arrays, one row a sample, so that peers get what we get. */
final class NpzFile {
  private NpzFile() {}

  /**
   * Writes one array for each input (NumPy's format 1.0). An input that is no [1, …] is the same in
   * all samples and written as it is.
   *
   * @param samples each the inputs of one run, all of the same shapes
   */
  static Path write(Path file, List<List<Tensor>> samples) {
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      for (int input = 0; input < samples.get(0).size(); input++) {
        Tensor first = samples.get(0).get(input);
        zip.putNextEntry(new ZipEntry(first.name() + ".npy"));
        boolean rows = first.shape().get(0) == 1;
        zip.write(head(first, rows ? samples.size() : first.shape().get(0)));
        for (List<Tensor> sample : rows ? samples : samples.subList(0, 1)) {
          requireAlike(first, sample.get(input));
          append(zip, sample.get(input).data());
        }
        zip.closeEntry();
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  private static void requireAlike(Tensor first, Tensor row) {
    if (!row.shape().equals(first.shape())) {
      throw new IllegalStateException(
          "expected samples of one shape, got %s beside %s; this is a bug"
              .formatted(row.shape(), first.shape()));
    }
  }

  private static byte[] head(Tensor first, long rows) {
    StringBuilder shape = new StringBuilder("(").append(rows).append(',');
    first.shape().stream().skip(1).forEach(dim -> shape.append(' ').append(dim).append(','));
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s), }"
            .formatted(type(first.type()), shape);
    int length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
    ByteBuffer head = ByteBuffer.allocate(10 + length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    head.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    head.put((byte) 1).put((byte) 0).putShort((short) length);
    head.put(text.getBytes(StandardCharsets.US_ASCII));
    while (head.remaining() > 1) {
      head.put((byte) ' ');
    }
    return head.put((byte) '\n').array();
  }

  private static String type(DataType type) {
    return switch (type) {
      case FP32 -> "<f4";
      case INT64 -> "<i8";
      default -> throw new IllegalStateException("samples are not " + type + "; this is a bug");
    };
  }

  private static void append(OutputStream out, ByteBuffer data) throws IOException {
    Channels.newChannel(out).write(data);
  }
}
