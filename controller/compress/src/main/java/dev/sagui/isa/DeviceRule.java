/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.device.DeviceProfile;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A line of a packaged table: what holds for devices of an architecture that have one of some
 * instruction sets.
 *
 * @param anyOf empty for all devices of the architecture
 */
record DeviceRule<T>(String architecture, List<String> anyOf, T value) {
  /** The rules of a table in this package, in order. */
  static <T> List<DeviceRule<T>> read(String file, Function<Fields, T> value) {
    try (InputStream in = DeviceRule.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not packaged; this is a bug");
      }
      return Fields.parse(in.readAllBytes())
          .objects(
              "rules",
              f -> new DeviceRule<>(f.string("architecture"), f.strings("any_of"), value.apply(f)));
    } catch (IOException e) {
      throw new UncheckedIOException("a packaged table is readable; this is a bug", e);
    }
  }

  /** What the first rule that holds says. */
  static <T> Optional<T> first(List<DeviceRule<T>> rules, DeviceProfile device) {
    return rules.stream().filter(rule -> rule.holds(device)).findFirst().map(DeviceRule::value);
  }

  private boolean holds(DeviceProfile device) {
    return architecture.equals(device.architecture())
        && (anyOf.isEmpty() || device.isaFlags().stream().anyMatch(anyOf::contains));
  }
}
