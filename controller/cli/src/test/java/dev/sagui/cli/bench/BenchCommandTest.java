/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Exit;
import dev.sagui.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class BenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void listsTheBenchmarksWithoutAName() {
    assertEquals(Exit.DONE, run("bench"));
    assertTrue(out.toString().startsWith("first-light "));
  }

  @Test
  void listsThemForMachinesToo() {
    assertEquals(Exit.DONE, run("bench", "--json"));
    assertTrue(out.toString().contains("\"name\" : \"first-light\""), out.toString());
  }

  @Test
  void namesTheBenchmarksThatThereAreWhenAskedForAnother() {
    assertEquals(Exit.BAD_INPUT, run("bench", "second-light"));
    assertTrue(err.toString().contains("there are: first-light, graph"), err.toString());
  }

  private int run(String... args) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), args);
  }
}
