/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/** How a chunk may be coded; who reads one reads those before it too. */
public enum Coding {
  /** Not at all. */
  NONE(0),
  /** In segments of blocks that are alike, wherever they lie. */
  RANS(Format.VERSION);

  private final int version;

  Coding(int version) {
    this.version = version;
  }

  /** As it travels. */
  public int version() {
    return version;
  }

  /** The best that who reads {@code version} reads. */
  public static Coding upTo(int version) {
    return Arrays.stream(values())
        .filter(coding -> coding.version <= version)
        .reduce(NONE, (worse, better) -> better);
  }
}
