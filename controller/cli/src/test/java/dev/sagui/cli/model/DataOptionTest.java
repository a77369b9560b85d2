/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DataOptionTest {
  @Command(name = "test")
  private static final class Verb {
    @Mixin private final DataOption data = new DataOption();
  }

  @Test
  void nameStandsBeforeTheEqualsSign() {
    assertEquals(List.of("z"), names("z=latent:normal:0:4"));
    assertEquals(List.of("x:0"), names("x:0=random:1:2"));
    assertEquals(List.of(""), names("images:run=3/faces"));
    assertEquals(List.of("z", ""), names("z=npz:a=b.npz", "text:lines.txt"));
  }

  @Test
  void dataGivenTwiceAreRefused() {
    RejectedException e =
        assertThrows(RejectedException.class, () -> names("z=values:1", "z=values:2"));
    assertTrue(e.getMessage().contains("twice for input 'z'"), e.getMessage());
    assertThrows(RejectedException.class, () -> names("npz:a", "npz:b"));
  }

  private static List<String> names(String... options) {
    Verb verb = new Verb();
    CommandLine line = new CommandLine(verb);
    String[] arguments = new String[2 * options.length];
    for (int i = 0; i < options.length; i++) {
      arguments[2 * i] = "--data";
      arguments[2 * i + 1] = options[i];
    }
    line.parseArgs(arguments);
    return List.copyOf(verb.data.specs().keySet());
  }
}
