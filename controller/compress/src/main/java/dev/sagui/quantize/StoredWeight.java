/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

/**
 * What became of one weight.
 *
 * @param format in which it lies now; empty where all that changed share one
 * @param bytesAfter its scales included; as before when it was left
 * @param reason why it was left as it is; empty when it was stored
 */
public record StoredWeight(
    String name, String format, long bytesBefore, long bytesAfter, String reason) {
  /** Of a model whose weights share a format. */
  public StoredWeight(String name, long bytesBefore, long bytesAfter, String reason) {
    this(name, "", bytesBefore, bytesAfter, reason);
  }

  public boolean changed() {
    return reason.isEmpty();
  }
}
