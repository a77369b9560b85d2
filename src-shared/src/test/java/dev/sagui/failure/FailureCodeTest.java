/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FailureCodeTest {
  private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\| (\\w+) \\|");

  @Test
  void everyCodeIsDocumentedInOrderWithItsKind() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("../deploy/docs/failure-codes.md")).stream()
            .map(ROW::matcher)
            .filter(java.util.regex.Matcher::find)
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();
    assertEquals(
        Arrays.stream(FailureCode.values()).map(code -> code + " " + code.kind()).toList(),
        documented);
  }
}
