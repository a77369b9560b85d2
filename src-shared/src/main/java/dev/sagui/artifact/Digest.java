/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of an artifact's bytes; its name on disk and on the wire. */
public record Digest(String hex) implements Comparable<Digest> {
  /** Bytes of a raw digest. */
  public static final int BYTES = 32;

  public Digest {
    if (!isLowercaseHex(hex)) {
      throw new IllegalArgumentException(
          "digest must be 64 lowercase hex characters, got '" + hex + "'");
    }
  }

  private static boolean isLowercaseHex(String text) {
    boolean hex = text.length() == 2 * BYTES;
    for (int i = 0; hex && i < text.length(); i++) {
      char c = text.charAt(i);
      hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return hex;
  }

  public static Digest of(byte[] bytes) {
    return new Digest(HexFormat.of().formatHex(sha256().digest(bytes)));
  }

  /** Takes 32 raw bytes, for example what {@link MessageDigest#digest()} gave. */
  public static Digest ofRaw(byte[] raw) {
    return new Digest(HexFormat.of().formatHex(raw));
  }

  /** A fresh SHA-256, for callers who hash as the bytes flow. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256; this is a bug", e);
    }
  }

  public byte[] raw() {
    return HexFormat.of().parseHex(hex);
  }

  /** First twelve characters, for logs and pages. */
  public String abbreviated() {
    return hex.substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
