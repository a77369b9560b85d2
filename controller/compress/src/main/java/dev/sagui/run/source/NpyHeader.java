/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an .npy stream, versions 1 to 3 (numpy.lib.format, "Format Version 1.0").
 *
 * @param fortran whether the first dimension varies fastest
 * @param bytes of the head itself
 */
record NpyHeader(NpyType type, boolean fortran, List<Long> shape, int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_BYTES = 1 << 16;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,L]*)\\)");

  /** Leaves the stream at the first element. */
  static NpyHeader read(InputStream in, String where) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !java.util.Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw BadData.of("expected NumPy's .npy format in %s, found other bytes".formatted(where));
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw BadData.of("%s is .npy version %d, expected 1, 2 or 3".formatted(where, version));
    }
    byte[] length = in.readNBytes(version == 1 ? 2 : 4);
    ByteBuffer padded = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).put(length);
    long size = padded.getInt(0) & 0xFFFFFFFFL;
    if (size > MAX_BYTES) {
      throw BadData.of(
          "%s declares a head of %,d bytes, expected a few hundred".formatted(where, size));
    }
    byte[] text = in.readNBytes((int) size);
    if (text.length < size) {
      throw BadData.of("%s ends inside its head; is the file complete?".formatted(where));
    }
    return parse(new String(text, StandardCharsets.UTF_8), 8 + length.length + text.length, where);
  }

  private static NpyHeader parse(String text, int bytes, String where) {
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!order.find() || !shape.find()) {
      throw BadData.of("the head of %s lacks fortran_order or shape".formatted(where));
    }
    Matcher descr = DESCR.matcher(text);
    if (!descr.find()) {
      throw BadData.of("%s has structured elements, expected plain numbers".formatted(where));
    }
    return new NpyHeader(
        NpyType.parse(descr.group(1), where),
        order.group(1).equals("True"),
        shape(shape.group(1), where),
        bytes);
  }

  private static List<Long> shape(String text, String where) {
    List<Long> shape = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String digits = part.strip().replace("L", "");
      if (digits.length() > 15) {
        throw BadData.of("%s declares a dimension of %s".formatted(where, digits));
      }
      if (!digits.isEmpty()) {
        shape.add(Long.parseLong(digits));
      }
    }
    return shape;
  }
}
