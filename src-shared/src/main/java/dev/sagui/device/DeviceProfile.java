/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.json.Fields;
import java.util.List;
import java.util.Optional;

/**
 * A kind of device: what its board can do and what a model may use on it.
 *
 * @param board the board as people call it, for example {@code Raspberry Pi 5}
 * @param architecture {@code aarch64} or {@code amd64}
 * @param isaFlags CPU flags that matter to kernels, as {@code /proc/cpuinfo} spells them
 * @param cores CPU cores
 * @param ramBytes total memory
 * @param threads intra-op threads that a model is served with
 * @param budget what one model may use
 * @param speeds for estimates, where they are known
 * @param peak of the board, where it is one
 * @param conditions under which its devices are as fast as that
 */
public record DeviceProfile(
    ArtifactName name,
    String board,
    String architecture,
    List<String> isaFlags,
    int cores,
    long ramBytes,
    int threads,
    Budget budget,
    Optional<Speeds> speeds,
    Optional<Peak> peak,
    Conditions conditions) {
  public DeviceProfile {
    isaFlags = List.copyOf(isaFlags);
  }

  /** Of a machine that may be any. */
  public DeviceProfile(
      ArtifactName name,
      String board,
      String architecture,
      List<String> isaFlags,
      int cores,
      long ramBytes,
      int threads,
      Budget budget,
      Optional<Speeds> speeds) {
    this(
        name,
        board,
        architecture,
        isaFlags,
        cores,
        ramBytes,
        threads,
        budget,
        speeds,
        Optional.empty(),
        Conditions.UNKNOWN);
  }

  public DeviceProfile with(Speeds measured) {
    return new DeviceProfile(
        name,
        board,
        architecture,
        isaFlags,
        cores,
        ramBytes,
        threads,
        budget,
        Optional.of(measured),
        peak,
        conditions);
  }

  /**
   * Reads the JSON form, a file of {@code deploy/profiles}.
   *
   * @throws dev.sagui.failure.RejectedException NOT_JSON or MALFORMED_PAYLOAD, naming the key
   */
  public static DeviceProfile parse(byte[] json) {
    Fields f = Fields.parse(json);
    Fields budget = f.object("budget");
    return new DeviceProfile(
        new ArtifactName(f.string("name")),
        f.string("board"),
        f.string("architecture"),
        f.strings("isa_flags"),
        (int) f.integer("cores"),
        f.integer("ram_bytes"),
        (int) f.integer("threads"),
        new Budget(
            budget.integer("flash_bytes"),
            budget.integer("ram_bytes"),
            budget.findNumber("p95_ms").orElse(Double.POSITIVE_INFINITY)),
        f.has("speeds") ? Optional.of(Speeds.parse(f.object("speeds"))) : Optional.empty(),
        f.has("peak") ? Optional.of(Peak.parse(f.object("peak"))) : Optional.empty(),
        Conditions.of(f));
  }
}
