/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.wire.Reported;

/** Bytes of one release: those that came, and those that did not have to. Owned by one thread. */
final class Tally {
  private long reused;
  private long coded;
  private long made;
  private long ofDifferences;

  /**
   * The payload of a message came.
   *
   * @param ofDifference whether it is a difference's or of its table
   */
  void came(int bytes, boolean ofDifference) {
    ofDifferences += ofDifference ? bytes : 0;
  }

  /** A chunk of {@code length} bytes was kept that came in {@code bytes}. */
  void kept(int length, int bytes) {
    coded += length - bytes;
  }

  /** A chunk was made of a difference. */
  void made(int length) {
    made += length;
  }

  /** A chunk was copied. */
  void reused(int length) {
    reused += length;
  }

  Reported.Saved saved() {
    return new Reported.Saved(reused, Math.max(0, made - ofDifferences), coded);
  }
}
