/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The profile that a machine falls into: of those that it suits the one of its board, else the one
 * that asks most of it.
 *
 * @param reason for people
 */
public record ProfileMatch(DeviceProfile profile, String reason) {
  /** Of a board's memory the system keeps some for itself, and a GPU some more. */
  private static final double TOLD = 0.75;

  /**
   * What a machine tells of itself.
   *
   * @param board as the device tree names it, {@code Raspberry Pi 5 Model B Rev 1.0}; empty where
   *     there is none
   * @param isaFlags as {@code /proc/cpuinfo} spells them
   */
  public record Machine(String board, String architecture, List<String> isaFlags, long ramBytes) {
    private boolean suits(DeviceProfile profile) {
      return profile.architecture().equals(architecture)
          && plain(isaFlags).containsAll(plain(profile.isaFlags()))
          && ramBytes >= TOLD * profile.ramBytes();
    }

    private boolean isA(DeviceProfile profile) {
      return board.toLowerCase(Locale.ROOT).startsWith(profile.board().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * @throws RejectedException BAD_CONFIG when it suits none of them
   */
  public static ProfileMatch of(Machine machine, Collection<DeviceProfile> known) {
    List<DeviceProfile> suited = known.stream().filter(machine::suits).toList();
    Optional<DeviceProfile> named =
        suited.stream()
            .filter(machine::isA)
            .max(Comparator.comparingInt(profile -> profile.board().length()));
    if (named.isPresent()) {
      return new ProfileMatch(named.get(), "its board is a " + machine.board());
    }
    return suited.stream()
        .max(
            Comparator.comparingInt((DeviceProfile profile) -> profile.isaFlags().size())
                .thenComparingLong(DeviceProfile::ramBytes)
                .thenComparing(profile -> profile.name().value()))
        .map(most -> new ProfileMatch(most, "it asks most of what this machine has: " + asks(most)))
        .orElseThrow(() -> none(machine, known));
  }

  private static String asks(DeviceProfile profile) {
    return String.format(
        Locale.ROOT,
        "%s with %s, %.1f GB",
        profile.architecture(),
        String.join(", ", profile.isaFlags()),
        profile.ramBytes() / 1e9);
  }

  private static RejectedException none(Machine machine, Collection<DeviceProfile> known) {
    return new RejectedException(
        FailureCode.BAD_CONFIG,
        String.format(
            Locale.ROOT,
            "no profile suits this machine (%s, %.1f GB); known are %s: write one of its own, and name it",
            machine.architecture(),
            machine.ramBytes() / 1e9,
            known.stream().map(p -> p.name().value()).sorted().collect(Collectors.joining(", "))));
  }

  /** Kernels and boards differ in underscores: {@code avx512_vnni}, {@code avx512vnni}. */
  private static Set<String> plain(List<String> flags) {
    return flags.stream().map(flag -> flag.replace("_", "")).collect(Collectors.toSet());
  }
}
