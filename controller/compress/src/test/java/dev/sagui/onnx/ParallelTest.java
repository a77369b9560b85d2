/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 1000).boxed().toList();

  @Test
  void resultsAreInTheOrderOfTheItems() throws IOException {
    List<Integer> squares = Parallel.map(ITEMS, i -> i * i);
    for (int i : ITEMS) {
      assertEquals(i * i, squares.get(i));
    }
  }

  @Test
  void aFailureIsThrown() {
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                Parallel.forEach(
                    ITEMS,
                    i -> {
                      if (i == 10) {
                        throw new IOException("full");
                      }
                    }));
    assertEquals("full", thrown.getMessage());
  }

  @Test
  void nothingToDoIsDone() throws IOException {
    assertEquals(List.of(), Parallel.map(List.of(), i -> i));
  }
}
