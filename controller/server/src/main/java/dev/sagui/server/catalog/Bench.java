/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.artifact.Digest;
import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.manifest.BenchJob;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A variant that a device measures against the model as it came: once for each {@link Subject}.
 *
 * @param variant name, for people
 * @param model name, for people
 * @param seconds that the runs may take
 * @param least times of both, of the profile's board
 * @param device that was offered it, or measured it
 * @param instance the process of that device
 * @param deadline when it ends if no device has measured it
 * @param tries measurements that were not good enough
 * @param note why it waits, or why it failed
 * @param code why it failed, when that lies in the variant
 */
public record Bench(
    String id,
    String model,
    String variant,
    Subject subject,
    BenchJob.Part candidate,
    BenchJob.Part reference,
    double seconds,
    Least.Pair least,
    State state,
    Optional<DeviceId> device,
    String instance,
    Instant deadline,
    int tries,
    String note,
    Optional<FailureCode> code,
    Optional<BenchResult> result) {
  /** How far it is. */
  public enum State {
    /** For a device that is idle. */
    WAITING,
    /** A device has it. */
    OFFERED,
    DONE,
    FAILED
  }

  /**
   * What is measured where: the same need not be measured twice.
   *
   * @param variant digest of its files' digests
   * @param reference the same of the model as it came
   * @param profile of the device
   * @param runtime version of ONNX Runtime on the device
   * @param only the one device that it is about, of a probe; empty when any of the profile will do
   */
  public record Subject(
      Digest variant, Digest reference, String profile, String runtime, Optional<DeviceId> only) {
    /** Of a variant that any device of the profile may measure. */
    public Subject(Digest variant, Digest reference, String profile, String runtime) {
      this(variant, reference, profile, runtime, Optional.empty());
    }
  }

  /** As many as those stored before were given. */
  private static final double USUAL_SECONDS = 8;

  /** Of a profile on which nobody measured it yet; nobody is asked before {@link #asked}. */
  public static Bench waiting(
      String id,
      StoredVariant variant,
      Subject subject,
      BenchJob.Part candidate,
      BenchJob.Part reference,
      double seconds,
      Least.Pair least) {
    return new Bench(
        id,
        variant.model().value(),
        variant.name().value(),
        subject,
        candidate,
        reference,
        seconds,
        least,
        State.WAITING,
        Optional.empty(),
        "",
        Instant.EPOCH,
        0,
        "",
        Optional.empty(),
        Optional.empty());
  }

  /** To be offered until then, as if it never had been. */
  public Bench asked(Instant until, double runSeconds) {
    return new Bench(
        id,
        model,
        variant,
        subject,
        candidate,
        reference,
        runSeconds,
        least,
        State.WAITING,
        Optional.empty(),
        "",
        until,
        0,
        "",
        Optional.empty(),
        Optional.empty());
  }

  public boolean isOpen() {
    return state == State.WAITING || state == State.OFFERED;
  }

  /** Whether it asks one device how fast it is. */
  public boolean isProbe() {
    return subject.only.isPresent();
  }

  /** Whether that device was offered it, or measured it. */
  public boolean isWith(DeviceId one) {
    return device.equals(Optional.of(one));
  }

  /** With the process of a device that shall do it. */
  public Bench offered(DeviceId to, String process) {
    return in(
        State.OFFERED, Optional.of(to), process, tries, "", Optional.empty(), Optional.empty());
  }

  /** To be offered again. */
  public Bench again(String why, int triesNow) {
    return in(
        State.WAITING, Optional.empty(), "", triesNow, why, Optional.empty(), Optional.empty());
  }

  public Bench done(BenchResult measured) {
    return in(State.DONE, device, instance, tries, "", Optional.empty(), Optional.of(measured));
  }

  public Bench failed(Optional<FailureCode> failure, String why) {
    return in(State.FAILED, device, instance, tries, why, failure, Optional.empty());
  }

  private Bench in(
      State next,
      Optional<DeviceId> at,
      String process,
      int triesNow,
      String why,
      Optional<FailureCode> failure,
      Optional<BenchResult> measured) {
    return new Bench(
        id, model, variant, subject, candidate, reference, seconds, least, next, at, process,
        deadline, triesNow, why, failure, measured);
  }

  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("model", model);
    map.put("variant", variant);
    map.put("digest", subject.variant.hex());
    map.put("reference", subject.reference.hex());
    map.put("profile", subject.profile);
    map.put("runtime", subject.runtime);
    subject.only.ifPresent(one -> map.put("only", one.value()));
    map.put("state", state.name().toLowerCase(Locale.ROOT));
    device.ifPresent(known -> map.put("device", known.value()));
    map.put("deadline", deadline.toString());
    map.put("tries", tries);
    map.put("note", note);
    code.ifPresent(failure -> map.put("code", failure.name()));
    result.ifPresent(measured -> map.put("result", measured.json()));
    return map;
  }

  /** As it is stored: {@link #json()} and what only the controller needs. */
  public Map<String, Object> stored() {
    Map<String, Object> map = json();
    map.put("instance", instance);
    map.put("seconds", seconds);
    map.put("least", least.json());
    map.put("candidate_part", part(candidate));
    map.put("reference_part", part(reference));
    return map;
  }

  private static Map<String, Object> part(BenchJob.Part part) {
    return Map.of("manifest", part.manifest().hex(), "bytes", part.manifestBytes());
  }

  /** What {@link #stored()} wrote. */
  public static Bench parse(Fields f) {
    return new Bench(
        f.string("id"),
        f.string("model"),
        f.string("variant"),
        new Subject(
            f.typed("digest", Digest::new),
            f.typed("reference", Digest::new),
            f.string("profile"),
            f.string("runtime"),
            f.findString("only").map(DeviceId::new)),
        part(f.object("candidate_part")),
        part(f.object("reference_part")),
        f.findNumber("seconds").orElse(USUAL_SECONDS),
        f.has("least") ? Least.Pair.parse(f.object("least")) : Least.Pair.UNKNOWN,
        State.valueOf(f.string("state").toUpperCase(Locale.ROOT)),
        f.findString("device").map(DeviceId::new),
        f.string("instance"),
        f.findString("deadline").map(Instant::parse).orElse(Instant.EPOCH),
        (int) f.integer("tries"),
        f.string("note"),
        f.findString("code").map(FailureCode::valueOf),
        f.has("result") ? Optional.of(BenchResult.parse(f.object("result"))) : Optional.empty());
  }

  private static BenchJob.Part part(Fields f) {
    return new BenchJob.Part(f.typed("manifest", Digest::new), f.integer("bytes"));
  }
}
