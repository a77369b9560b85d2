/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Protocol Buffers' wire format, as far as models of benches are written in it. */
final class ProtoBytes {
  private ProtoBytes() {}

  /** Writes the fields of one message. */
  interface Body {
    void write(OutputStream out) throws IOException;
  }

  static byte[] message(Body body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail; this is a bug", e);
    }
    return out.toByteArray();
  }

  /** A file of a message, without holding it in memory; written the first time. */
  static Path file(Path file, Body body) {
    if (Files.exists(file)) {
      return file;
    }
    Path staged = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(staged), 1 << 16)) {
        body.write(out);
      }
      return Files.move(staged, file);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  static void field(OutputStream out, int number, byte[] bytes) throws IOException {
    tag(out, number);
    varint(out, bytes.length);
    out.write(bytes);
  }

  static void tag(OutputStream out, int number) throws IOException {
    varint(out, ((long) number << 3) | 2);
  }

  static void varintField(OutputStream out, int number, long value) throws IOException {
    varint(out, (long) number << 3);
    varint(out, value);
  }

  static void varint(OutputStream out, long value) throws IOException {
    long rest = value;
    for (; rest > 0x7F; rest >>>= 7) {
      out.write((int) ((rest & 0x7F) | 0x80));
    }
    out.write((int) rest);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
