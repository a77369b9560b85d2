/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=0-, 0, 99",
    "bytes=10-19, 10, 19",
    "bytes=90-999999, 90, 99",
    "bytes=-10, 90, 99",
    "bytes=-1000, 0, 99",
    "'bytes= 5 - 6', 5, 6"
  })
  void readsOneRangeAndCutsItToTheFile(String header, long first, long last) {
    assertEquals(Optional.of(new ByteRange(first, last)), ByteRange.parse(header, 100));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0"})
  void aRangeBehindTheEndCannotBeSatisfied(String header) {
    assertFalse(ByteRange.parse(header, 100).orElseThrow().isSatisfiable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=-",
        "bytes=9-3",
        "bytes=0-1,5-6",
        "lines=0-1",
        "bytes=99999999999999999999-",
        "bytes=a-b"
      })
  void whatIsNoSingleRangeIsIgnored(String header) {
    assertEquals(Optional.empty(), ByteRange.parse(header, 100));
  }

  @Test
  void bothEndsCount() {
    assertEquals(10, ByteRange.parse("bytes=10-19", 100).orElseThrow().length());
  }
}
