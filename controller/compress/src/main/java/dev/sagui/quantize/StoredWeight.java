/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

/**
 * What became of one weight.
 *
 * @param bytesAfter its scales included; as before when it was left
 * @param reason why it was left as it is; empty when it was stored
 */
public record StoredWeight(String name, long bytesBefore, long bytesAfter, String reason) {
  public boolean changed() {
    return reason.isEmpty();
  }
}
