/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** As {@link Shapes}: devices, and what they say of themselves. */
final class DeviceShapes {
  private DeviceShapes() {}

  @Schema(description = "Bytes of a release that did not have to come.")
  record Saved(
      @Schema(description = "Of chunks that files on the device held.") long reused,
      @Schema(description = "Of chunks made of such files and of what differs, which came.")
          long difference,
      @Schema(description = "That coded chunks were shorter.") long coded) {}

  @Schema(description = "What a device states, signed, of a model that it serves.")
  record Attestation(
      @Schema(enumeration = {"ATTESTED", "MISSING", "FALSE"}) String state,
      @Schema(description = "Empty when it holds.") String reason,
      Optional<Instant> at,
      @Schema(description = "DSSE, as the device sent it.") Optional<String> envelope) {}

  @Schema(description = "SHA-256 of a public key's DER form.")
  record DeviceKey(
      @Schema(description = "Trusted: the first that it showed, or one accepted.") String id,
      @Schema(description = "Another one that it shows now.") Optional<String> offeredId) {}

  record AcceptedKey(@Schema(description = "The offered_id of the device's key.") String accept) {}

  record Asked(
      String device,
      @Schema(description = "Whether it shall serve anything that it can attest.") boolean asked) {}

  @Schema(description = "How fast a device is, by the probe's graphs.")
  record Speeds(
      @Schema(description = "Of a float32 convolution, 10⁹ operations a second.") double fp32Gflops,
      @Schema(description = "Of the same convolution in the device's int8 format.") double int8Gops,
      @Schema(description = "Weights that a product with a vector reads, 10⁹ bytes a second.")
          double memoryGbS,
      @Schema(description = "Of a run that computes next to nothing.") Optional<Double> callMs,
      @Schema(description = "Reads past the page cache, 10⁹ bytes a second.")
          Optional<Double> storageGbS,
      @Schema(description = "That measured them.") long devices) {}

  @Schema(description = "What a device's times depend on beside its board.")
  record Conditions(
      @Schema(description = "Of Linux's cpufreq.") Optional<String> governor,
      @Schema(description = "The highest clock that a core is allowed.") Optional<Integer> maxMhz,
      @Schema(description = "From which on clocks fall.") Optional<Double> throttleCelsius) {}

  @Schema(description = "A device's disk.")
  record Store(
      @Schema(description = "Of all artifacts, complete or not.") long usedBytes,
      long freeBytes,
      @Schema(description = "That its agent has written since midnight UTC.")
          long writtenTodayBytes) {}

  @Schema(description = "What a device says of itself.")
  record Facts(
      String profile,
      @Schema(description = "Why it is that one.") String profileReason,
      String architecture,
      List<String> isaFlags,
      int cores,
      long ramBytes,
      long ramAvailableBytes,
      long flashFreeBytes,
      String runtimeVersion,
      String agentVersion,
      @Schema(description = "How its cores are clocked, as far as it tells.")
          Optional<Conditions> conditions,
      String serveUrl,
      Map<String, String> labels) {}

  record Device(
      String id,
      boolean online,
      Instant lastSeen,
      @Schema(description = "The process that spoke last.") String instance,
      String profile,
      Facts facts,
      @Schema(description = "Sequence of the desired state that it has accepted.")
          long desiredSequence,
      long residentBytes,
      @Schema(description = "Why it refused a desired state as a whole.")
          Optional<Shapes.Failure> refusal,
      @Schema(description = "What its operator should see to.") List<Shapes.Failure> warnings,
      Optional<Store> store,
      Optional<DeviceKey> key,
      @Schema(description = "Why it is asked to measure no more.") Optional<String> benchQuarantine,
      @Schema(description = "What it measured of itself, once its profile and runtime are known.")
          Optional<Speeds> speeds,
      @Schema(description = "How it differs from others of its profile, or is set to be slower.")
          Optional<String> outlier,
      List<Shapes.Slot> models,
      List<Shapes.Latency> latency) {}

  record DeviceList(List<Device> items, @Schema(description = Page.NEXT) Optional<String> next) {}
}
