/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ChannelBlockTest {
  @Test
  void followsTheInstructionSet() {
    assertEquals(16, ChannelBlock.of(KnownBoards.get("amd64-vnni")).channels());
    assertEquals(8, ChannelBlock.of(KnownBoards.get("amd64-avx2")).channels());
    assertEquals(8, ChannelBlock.of(KnownBoards.get("raspberry-pi-5")).channels());
  }
}
