/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.text;

import java.nio.charset.StandardCharsets;

/**
 * For models without a tokenizer beside them: each UTF-8 byte of the line is an id in 0..255,
 * padded with 0. A model of another vocabulary needs its ids as {@code npz:FILE}.
 */
public record Utf8Bytes() implements Tokenizer {
  @Override
  public long[] encode(String line, int maxTokens) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    long[] ids = new long[Math.min(bytes.length, maxTokens)];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xFF;
    }
    return ids;
  }

  @Override
  public String decode(long[] ids) {
    byte[] bytes = new byte[ids.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ids[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public long padding() {
    return 0;
  }

  @Override
  public int maxTokens() {
    return 512;
  }
}
