/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.wire.Reported;

/** Bytes of one release: those that came, and those that did not have to. Owned by one thread. */
final class Tally {
  private long wire;
  private long reused;
  private long coded;

  /** The payload of a message came. */
  void came(int bytes) {
    wire += bytes;
  }

  /** A chunk of {@code length} bytes was kept that came in {@code bytes}. */
  void kept(int length, int bytes) {
    coded += length - bytes;
  }

  /** A chunk was copied. */
  void reused(int length) {
    reused += length;
  }

  long wireBytes() {
    return wire;
  }

  Reported.Saved saved() {
    return new Reported.Saved(reused, 0, coded);
  }
}
