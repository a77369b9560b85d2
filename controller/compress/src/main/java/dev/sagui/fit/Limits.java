/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.recipe.Gate;
import dev.sagui.recipe.Quantity;
import dev.sagui.recipe.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Budgets and floors that variants shall keep.
 *
 * @param common those of every device
 * @param own by a profile's name, in place of the common ones of the same name
 */
public record Limits(List<Gate> common, Map<String, List<Gate>> own) {
  public Limits {
    common = List.copyOf(common);
    own = Map.copyOf(own);
  }

  /** The same for every device. */
  static Limits common(Gate... gates) {
    return new Limits(List.of(gates), Map.of());
  }

  /**
   * What a user asks. Without any floor, an SQNR below which errors begin to show.
   *
   * @param budget as {@code flash=2MB,p95=20ms}, or of one profile {@code raspberry-pi-5:p95=5ms}
   * @param floor as {@code psnr=35}, of one profile likewise
   * @throws RejectedException BAD_REQUEST, saying what was expected
   */
  public static Limits parse(Optional<String> budget, Optional<String> floor) {
    List<Gate> common = new ArrayList<>();
    Map<String, List<Gate>> own = new LinkedHashMap<>();
    budget.ifPresent(text -> read(text, Gate.CEILINGS, common, own));
    int budgets = common.size();
    floor.ifPresent(text -> read(text, Gate.FLOORS, common, own));
    if (common.size() == budgets) {
      common.add(new Gate("sqnr", Step.StoreMixed.USUAL_SQNR_DB));
    }
    return new Limits(common, own);
  }

  private static void read(
      String text, List<String> known, List<Gate> common, Map<String, List<Gate>> own) {
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      List<Gate> gates = Quantity.gates(part.substring(colon + 1), known);
      if (colon < 0) {
        common.addAll(gates);
      } else {
        own.computeIfAbsent(part.substring(0, colon).strip(), p -> new ArrayList<>()).addAll(gates);
      }
    }
  }

  /**
   * @throws RejectedException BAD_REQUEST when one is of a profile that is not among them
   */
  void expectProfiles(Set<String> profiles) {
    for (String profile : own.keySet()) {
      if (!profiles.contains(profile)) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "a limit is of profile '%s', which is not fitted to: expected one of %s"
                .formatted(profile, profiles.stream().sorted().toList()));
      }
    }
  }

  /** Of one device, without its profile's budget. */
  List<Gate> of(DeviceProfile device) {
    List<Gate> given = own.getOrDefault(device.name().value(), List.of());
    List<Gate> all = new ArrayList<>(given);
    common.stream()
        .filter(gate -> given.stream().noneMatch(other -> other.name().equals(gate.name())))
        .forEach(all::add);
    return all;
  }

  /** The common limit of that name. */
  OptionalDouble find(String name) {
    return common.stream()
        .filter(gate -> gate.name().equals(name))
        .mapToDouble(Gate::limit)
        .findFirst();
  }
}
