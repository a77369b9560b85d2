/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.Manifest;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.catalog.StoredVariant;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a release of a variant for some profiles promises. */
public final class ReleasePlan {
  /** Largest relative difference of a golden output on a device. */
  static final double GOLDEN_TOLERANCE = 1e-3;

  private ReleasePlan() {}

  /**
   * The manifest, not yet signed.
   *
   * @param sequence above that of the model's last release
   * @throws RejectedException BUDGET_NOT_MET when the variant is over a profile's flash budget
   */
  public static Manifest manifest(
      Model model,
      StoredVariant variant,
      List<DeviceProfile> profiles,
      long sequence,
      Instant created) {
    profiles.forEach(profile -> check(variant, profile));
    return unchecked(model, variant, profiles, sequence, created);
  }

  /**
   * The manifest of a variant that a device measures and does not install: any release is newer.
   */
  public static Manifest bench(Model model, StoredVariant variant, DeviceProfile profile) {
    return unchecked(model, variant, List.of(profile), 0, Instant.EPOCH);
  }

  private static Manifest unchecked(
      Model model,
      StoredVariant variant,
      List<DeviceProfile> profiles,
      long sequence,
      Instant created) {
    return new Manifest(
        model.name(),
        variant.name(),
        sequence,
        created,
        profiles.stream().map(DeviceProfile::name).sorted().toList(),
        variant.files().stream().map(StoredFile::entry).toList(),
        variant.entry(),
        model.inputs(),
        model.outputs(),
        variant.golden().entry(),
        GOLDEN_TOLERANCE,
        limits(profiles.stream().map(DeviceProfile::budget).toList()),
        madeBy(model, variant.name()));
  }

  private static void check(StoredVariant variant, DeviceProfile profile) {
    if (variant.bytes() > profile.budget().flashBytes()) {
      throw new RejectedException(
          FailureCode.BUDGET_NOT_MET,
          "'%s' of '%s' needs %d bytes of flash, the budget of '%s' is %d; release a smaller variant"
              .formatted(
                  variant.name(),
                  variant.model(),
                  variant.bytes(),
                  profile.name(),
                  profile.budget().flashBytes()));
    }
  }

  private static Manifest.Limits limits(List<Budget> budgets) {
    return new Manifest.Limits(
        budgets.stream().mapToDouble(Budget::p95Millis).max().orElse(Double.POSITIVE_INFINITY),
        budgets.stream().mapToLong(Budget::ramBytes).max().orElseThrow());
  }

  private static Map<String, String> madeBy(Model model, ArtifactName variant) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("tool", "sagui");
    map.put("recipe", variant.value());
    map.put("from", model.digest().hex());
    return map;
  }
}
