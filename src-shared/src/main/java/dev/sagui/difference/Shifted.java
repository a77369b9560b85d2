/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import java.io.IOException;
import java.util.Arrays;

/** A base as it lies under another file when it is shifted; zeros where it has no bytes. */
final class Shifted {
  private Shifted() {}

  /** Fills {@code into[offset, offset + length)} with what lies from {@code position} on. */
  static void read(Bytes base, long position, byte[] into, int offset, int length)
      throws IOException {
    Arrays.fill(into, offset, offset + length, (byte) 0);
    if (position <= -length || position >= base.sizeBytes()) {
      return;
    }
    int skipped = (int) Math.max(0, -position);
    base.read(position + skipped, into, offset + skipped, length - skipped);
  }
}
