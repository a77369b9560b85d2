/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.device.DeviceProfile;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.RandomOperators;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.ModelKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a reader must know before trusting a report's numbers, one sentence each. */
final class Caveats {
  /** Outputs that are nearer to noise than to those of the input model. */
  private static final double POOR_SQNR_DB = 10;

  private final List<String> found = new ArrayList<>();

  private Caveats() {}

  static List<String> of(OnnxModel source, Recipe recipe, Optional<Comparison> comparison) {
    Caveats caveats = new Caveats();
    caveats.budgets(recipe);
    Set<String> random = RandomOperators.in(source);
    if (!random.isEmpty()) {
      caveats.found.add(
          "%s draws other numbers in each graph, so quality says little about what was compressed"
              .formatted(String.join(", ", random)));
    }
    comparison.ifPresent(measured -> caveats.quality(measured, random.isEmpty()));
    return caveats.found;
  }

  /**
   * Whether this machine's integer kernels saturate where the device's, whose arithmetic quality
   * was measured in, do not.
   *
   * @param steps that were taken
   */
  static List<String> ofArithmetic(List<StepRecord> steps, DeviceProfile device)
      throws IOException {
    Int8Format format = Int8Format.of(device);
    boolean integers =
        steps.stream()
            .anyMatch(
                step -> step.changed() && format.label().equals(step.metrics().get("format")));
    return integers && HostMachine.saturatesFor(format)
        ? List.of(
            "quality is that of %s's arithmetic; this machine's kernels saturate at products of"
                    .formatted(device.board())
                + " 8 bits, and outputs here may be worse")
        : List.of();
  }

  private void budgets(Recipe recipe) {
    if (recipe.gates().stream().anyMatch(gate -> gate.name().equals("ram"))) {
      found.add("the value held against the ram budget is an estimate, not a measurement");
    }
    if (recipe.gates().stream().anyMatch(gate -> gate.name().equals("p95"))) {
      found.add("the p95 budget was held against this machine's latency, not a device's");
    }
  }

  private void quality(Comparison measured, boolean repeats) {
    if (measured.notFinite() > 0) {
      found.add(
          "%d elements of the input model's own outputs are not finite on these samples, so quality"
                  .formatted(measured.notFinite())
              + " says nothing about them; give --data that suits the model");
    }
    double sqnr = measured.quality().sqnrDb();
    boolean tells = measured.quality().kind() != ModelKind.AUDIO; // whose phases drift
    if (sqnr < POOR_SQNR_DB && repeats && tells) {
      found.add(
          String.format(
              Locale.ROOT,
              "outputs keep only %.1f dB SQNR against the input model's; more bits may be needed",
              sqnr));
    }
  }
}
