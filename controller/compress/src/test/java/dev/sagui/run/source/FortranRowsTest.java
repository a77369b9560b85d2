/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FortranRowsTest {
  /** [5, 2, 3] in C order is 0, 1, 2, …; in Fortran order the first dimension varies fastest. */
  private static byte[] fortran() {
    byte[] bytes = new byte[30];
    int at = 0;
    for (int k = 0; k < 3; k++) {
      for (int j = 0; j < 2; j++) {
        for (int i = 0; i < 5; i++) {
          bytes[at++] = (byte) (i * 6 + j * 3 + k);
        }
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 6, 12, 18, 1000})
  void rowsAreTheSameWhateverIsKept(long tileBytes) throws IOException {
    try (FortranRows rows =
        new FortranRows(
            () -> new ByteArrayInputStream(fortran()), 5, List.of(2L, 3L), 1, tileBytes)) {
      for (int row = 0; row < 5; row++) {
        byte[] expected = new byte[6];
        for (int i = 0; i < 6; i++) {
          expected[i] = (byte) (6 * row + i);
        }
        assertArrayEquals(expected, rows.next());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 1000})
  void fileThatEndsEarlyIsNoticed(long tileBytes) {
    try (FortranRows rows =
        new FortranRows(
            () -> new ByteArrayInputStream(new byte[20]), 5, List.of(2L, 3L), 1, tileBytes)) {
      assertThrows(EOFException.class, rows::next);
    }
  }
}
