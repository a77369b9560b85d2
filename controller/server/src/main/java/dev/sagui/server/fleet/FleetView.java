/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import dev.sagui.device.Speeds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The fleet as a page shows it: one row a thing, read fresh at each call. */
public interface FleetView {
  /**
   * One device and its first model; a device without models has an empty model and count 0.
   *
   * @param state of the model's slot; {@code IDLE} without one
   * @param attestation {@code ATTESTED}, {@code MISSING} or {@code FALSE}; empty when it serves
   *     nothing
   * @param failure code and message of what it refused last
   * @param wireBytes that came for the release it works on, or last worked on
   * @param savedBytes of that release that did not have to come
   * @param benchQuarantine why the device is asked to measure no more
   * @param speeds that it measured of itself
   * @param outlier how it differs from the others of its profile
   * @param count inferences in the percentiles, which are of the last 15 minutes
   */
  record DeviceRow(
      String id,
      boolean online,
      Instant lastSeen,
      String profile,
      String model,
      String variant,
      String state,
      String attestation,
      Optional<String> failure,
      long wireBytes,
      long savedBytes,
      long count,
      double p50Millis,
      double p95Millis,
      double p99Millis,
      long residentBytes,
      Optional<String> benchQuarantine,
      Optional<Speeds> speeds,
      Optional<String> outlier) {}

  /**
   * One model as imported.
   *
   * @param choices of its last fits, one for each profile
   */
  record ModelRow(String name, long bytes, List<VariantRow> variants, List<ChoiceRow> choices) {
    public ModelRow {
      variants = List.copyOf(variants);
      choices = List.copyOf(choices);
    }
  }

  /**
   * What a profile gets by the last fit for it.
   *
   * @param variant empty where none fits
   * @param reason in words
   * @param measuredOn the device that measured it; empty for an estimate
   */
  record ChoiceRow(
      String fit, String profile, String variant, String reason, Optional<String> measuredOn) {}

  /**
   * One variant that a fit made.
   *
   * @param psnrDb against the original; empty when it is not measurable
   * @param identical its outputs are the original's, bit by bit
   */
  record VariantRow(
      String name, long bytes, OptionalDouble psnrDb, boolean identical, double p50Millis) {}

  /** One signed release. */
  record ReleaseRow(
      String id,
      String model,
      String variant,
      long sequence,
      List<String> profiles,
      Instant created) {
    public ReleaseRow {
      profiles = List.copyOf(profiles);
    }
  }

  /** Something that happened; device and model are empty where none is concerned. */
  record EventRow(long id, Instant at, String device, String model, String kind, String message) {}

  /** By id; a device that serves several models has a row for each. */
  List<DeviceRow> devices();

  /** By name. */
  List<ModelRow> models();

  /** Newest first. */
  List<ReleaseRow> releases();

  /** Newest first. */
  List<EventRow> events(int limit);

  /**
   * Calls {@code listener} for each new event, on the thread that caused it: it must return at
   * once.
   *
   * @return ends the subscription when run
   */
  Runnable onEvent(Consumer<EventRow> listener);
}
