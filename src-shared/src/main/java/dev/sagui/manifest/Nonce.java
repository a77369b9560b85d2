/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** 16 random bytes by which the controller knows that a statement is newer than its question. */
public record Nonce(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");
  private static final int BYTES = 16;

  public Nonce {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "a nonce must be 32 lowercase hex characters, got '" + hex + "'");
    }
  }

  /**
   * @param random of which nobody else can tell the next bytes
   */
  public static Nonce of(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new Nonce(HexFormat.of().formatHex(bytes));
  }

  @Override
  public String toString() {
    return hex;
  }
}
