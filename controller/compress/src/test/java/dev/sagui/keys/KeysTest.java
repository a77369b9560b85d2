/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class KeysTest {
  private static final List<String> PETS = List.of("cat", "dog");

  @Test
  void namesTheNearestKeyOfAnUnknownOne() {
    refused(
        () -> Keys.parse("optimiser: adam", "the recipe").only(List.of("optimizer", "batch")),
        "unknown key of the recipe 'optimiser'; the nearest is 'optimizer'");
  }

  @Test
  void readsNumbersWithoutAPoint() {
    assertEquals(1e-3, Keys.parse("rate: 1e-3", "adam").number("rate", 0, 0, 1));
  }

  @Test
  void saysWhichNumbersItTakes() {
    Keys keys = Keys.parse("{rate: fast, batch: 0, clip: -1, floor: .nan}", "the recipe");
    refused(() -> keys.number("rate", 0, 0, 1), "expected a number from 0 to 1 under 'rate'");
    refused(() -> keys.whole("batch", 1, 1), "a whole number of 1 or more under 'batch'");
    refused(() -> keys.number("clip", 0, 0, 5), "got '-1'");
    refused(() -> keys.number("floor", 0, 0, 1), "got 'NaN'");
  }

  @Test
  void saysOfWholeNumbersAndFlagsWhatItTakes() {
    Keys keys = Keys.parse("{heads: 5, widths: [8, 16], deep: [8, 1.5], flip: yes please}", "gpt");
    assertEquals(5, keys.whole("heads", 1, 1, 5));
    assertEquals(List.of(8L, 16L), keys.wholes("widths", List.of(1L, 1L), 16));
    assertEquals(List.of(3L), keys.wholes("absent", List.of(3L), 16));
    assertEquals(true, keys.flag("absent", true));
    refused(() -> keys.whole("heads", 1, 1, 4), "a whole number of 1 to 4 under 'heads' of gpt");
    refused(() -> keys.wholes("widths", List.of(1L), 16), "1 whole numbers of 1 to 16");
    refused(() -> keys.wholes("widths", List.of(1L, 1L), 15), "got '[8, 16]'");
    refused(() -> keys.wholes("deep", List.of(1L, 1L), 16), "got '[8, 1.5]'");
    refused(() -> keys.wholes("heads", List.of(1L), 16), "got '5'");
    refused(() -> keys.flag("flip", false), "true or false under 'flip' of gpt");
  }

  @Test
  void readsAChoiceWithAndWithoutKeysOfItsOwn() {
    assertEquals("dog", Keys.parse("pet: dog", "x").choice("pet", "cat", PETS).name());
    assertEquals("cat", Keys.parse("{}", "x").choice("pet", "cat", PETS).name());
    Keys.Choice choice = Keys.parse("pet: {dog: {age: 3}}", "x").choice("pet", "cat", PETS);
    assertEquals(3, choice.keys().whole("age", 0, 0));
    refused(() -> Keys.parse("pet: dig", "x").choice("pet", "cat", PETS), "the nearest is 'dog'");
    refused(
        () -> Keys.parse("pet: {dog: {}, cat: {}}", "x").choice("pet", "cat", PETS),
        "expected one of [cat, dog] under 'pet'");
  }

  @Test
  void refusesWhatIsNoYamlOrSaysNothing() {
    refused(() -> Keys.parse("a: [", "the recipe"), "expected YAML in the recipe");
    refused(() -> Keys.parse("", "the recipe"), "expected keys and values in the recipe");
    refused(() -> Keys.parse("seed:", "the recipe"), "expected a value under 'seed'");
    refused(() -> Keys.parse("a: 1\na: 2", "the recipe"), "expected YAML in the recipe");
  }

  private static void refused(Executable reading, String part) {
    RejectedException e = assertThrows(RejectedException.class, reading);
    assertEquals(FailureCode.BAD_REQUEST, e.code());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
