/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class UpAxisTest {
  @Test
  void windowHoldsEveryElementOfTheKernelOnce() {
    for (UpAxis axis :
        new UpAxis[] {
          new UpAxis(4, 2, 1, 1, 0),
          new UpAxis(5, 2, 2, 2, 1),
          new UpAxis(3, 2, 1, 1, 1),
          new UpAxis(16, 8, 4, 4, 0),
          new UpAxis(6, 3, 2, 1, 0)
        }) {
      int[] seen = new int[axis.kernel()];
      for (int phase = 0; phase < axis.stride(); phase++) {
        for (int at = 0; at < axis.window(); at++) {
          if (axis.tap(phase, at) >= 0) {
            seen[axis.tap(phase, at)]++;
          }
        }
      }
      for (int count : seen) {
        assertEquals(1, count, axis.toString());
      }
    }
  }

  @Test
  void outputsThatAreNoMultipleAreLeft() {
    assertFalse(new UpAxis(4, 2, 0, 0, 0).isWhole());
    assertFalse(new UpAxis(2, 2, 0, 0, 0).canBeResized());
  }
}
