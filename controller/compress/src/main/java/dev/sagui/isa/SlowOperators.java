/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.device.DeviceProfile;
import dev.sagui.json.Fields;
import dev.sagui.onnx.ModelFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Which operators of a model a device runs slowly with ONNX Runtime 1.29, and why; as data. */
public final class SlowOperators {
  private static final List<Rule> RULES = read();

  /**
   * @param architecture empty for all
   * @param unless instruction sets any of which makes the operators fast
   */
  private record Rule(
      List<String> operators, String architecture, List<String> unless, String why) {
    static Rule parse(Fields f) {
      return new Rule(
          f.strings("operators"),
          f.findString("architecture").orElse(""),
          f.strings("unless"),
          f.string("why"));
    }

    boolean holds(DeviceProfile device) {
      return (architecture.isEmpty() || architecture.equals(device.architecture()))
          && device.isaFlags().stream().noneMatch(unless::contains);
    }
  }

  private SlowOperators() {}

  /** One line for each operator that is slow there; empty when all run well. */
  public static List<String> on(DeviceProfile device, ModelFacts facts) {
    List<String> found = new ArrayList<>();
    for (Rule rule : RULES) {
      for (String operator : rule.operators()) {
        Integer count = facts.operators().get(operator.replace("ai.onnx.", ""));
        if (count != null && rule.holds(device)) {
          found.add("%s (%d): %s".formatted(operator, count, rule.why()));
        }
      }
    }
    return found;
  }

  private static List<Rule> read() {
    try (InputStream in = SlowOperators.class.getResourceAsStream("slow.json")) {
      if (in == null) {
        throw new IllegalStateException("slow.json is not packaged; this is a bug");
      }
      return Fields.parse(in.readAllBytes()).objects("rules", Rule::parse);
    } catch (IOException e) {
      throw new UncheckedIOException("a packaged table is readable; this is a bug", e);
    }
  }
}
