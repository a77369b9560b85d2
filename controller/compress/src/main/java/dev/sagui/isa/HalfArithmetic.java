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

/**
 * Why a device gains nothing from computing in float16 with ONNX Runtime 1.29; as data. No CPU in
 * the table gains.
 */
public final class HalfArithmetic {
  private static final List<Rule> RULES = read();

  private record Rule(String architecture, List<String> anyOf, String why) {
    static Rule parse(Fields f) {
      return new Rule(f.string("architecture"), f.strings("any_of"), f.string("why"));
    }

    boolean holds(DeviceProfile device) {
      return architecture.equals(device.architecture())
          && (anyOf.isEmpty() || device.isaFlags().stream().anyMatch(anyOf::contains));
    }
  }

  private HalfArithmetic() {}

  /** In a few words. */
  public static String obstacle(DeviceProfile device) {
    return RULES.stream()
        .filter(rule -> rule.holds(device))
        .findFirst()
        .map(Rule::why)
        .orElse("nothing is known of architecture '%s'".formatted(device.architecture()));
  }

  private static List<Rule> read() {
    try (InputStream in = HalfArithmetic.class.getResourceAsStream("fp16.json")) {
      if (in == null) {
        throw new IllegalStateException("fp16.json is not packaged; this is a bug");
      }
      return Fields.parse(in.readAllBytes()).objects("rules", Rule::parse);
    } catch (IOException e) {
      throw new UncheckedIOException("a packaged table is readable; this is a bug", e);
    }
  }
}
