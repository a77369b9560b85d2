/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/** Bytes sorted by their place in words of 2 or 4 bytes; a last word may be short. */
final class Planes {
  private Planes() {}

  static void split(byte[] from, int length, int planes, byte[] into) {
    int at = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int i = plane; i < length; i += planes) {
        into[at++] = from[i];
      }
    }
  }

  static void join(byte[] from, int length, int planes, byte[] into) {
    int at = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int i = plane; i < length; i += planes) {
        into[i] = from[at++];
      }
    }
  }
}
