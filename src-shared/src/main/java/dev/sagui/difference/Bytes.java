/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import java.io.IOException;

/** A file that is read at any place. */
public interface Bytes {
  /** Its length. */
  long sizeBytes();

  /**
   * Reads {@code length} bytes from {@code position} on into {@code into[offset …)}, fewer where it
   * ends.
   *
   * @return bytes read
   */
  int read(long position, byte[] into, int offset, int length) throws IOException;
}
