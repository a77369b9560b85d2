/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a device serves and does: a snapshot, so that a lost report is made good by the next and
 * a doubled one changes nothing.
 *
 * @param sequence grows with every report of the instance; acknowledged by {@link Ack}
 * @param desiredSequence the desired state that the device last accepted; 0 if none
 * @param refusal why the latest desired state as a whole was refused, if it was
 * @param store what its disk holds; empty from agents that do not tell
 * @param warnings what an operator should see to, and what stops nothing yet
 */
public record Reported(
    DeviceId device,
    String instance,
    long sequence,
    long desiredSequence,
    List<Slot> slots,
    Optional<Failure> refusal,
    Optional<Store> store,
    List<Failure> warnings) {
  public Reported {
    slots = List.copyOf(slots);
    warnings = List.copyOf(warnings);
  }

  /** Without warnings. */
  public Reported(
      DeviceId device,
      String instance,
      long sequence,
      long desiredSequence,
      List<Slot> slots,
      Optional<Failure> refusal,
      Optional<Store> store) {
    this(device, instance, sequence, desiredSequence, slots, refusal, store, List.of());
  }

  /** A named reason and its sentence, cut to what leaves room for the rest of a report. */
  public record Failure(FailureCode code, String message) {
    private static final int MAX_MESSAGE = 1_000;

    public Failure {
      message = message.substring(0, Math.min(MAX_MESSAGE, message.length()));
    }

    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("code", code.name());
      map.put("kind", code.kind().name());
      map.put("message", message);
      return map;
    }

    public static Failure parse(Fields f) {
      return new Failure(f.typed("code", FailureCode::valueOf), f.string("message"));
    }
  }

  /** A release on the device. */
  public record Running(Digest manifest, ArtifactName variant, long sequence, long flashBytes) {
    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("manifest", manifest.hex());
      map.put("variant", variant.value());
      map.put("sequence", sequence);
      map.put("flash_bytes", flashBytes);
      return map;
    }

    public static Running parse(Fields f) {
      return new Running(
          f.typed("manifest", Digest::new),
          f.typed("variant", ArtifactName::new),
          f.integer("sequence"),
          f.integer("flash_bytes"));
    }
  }

  /**
   * One model on the device.
   *
   * @param serving what answers requests now
   * @param target manifest that the device works on, or last worked on
   * @param chunksHave verified chunks of the target's files
   * @param chunksTotal chunks of the target's files; 0 before its manifest is known
   * @param wireBytes payload bytes that this device received for the target, all attempts
   * @param saved bytes of the target that did not have to come
   * @param attestation envelope that the device signed of what it serves
   */
  public record Slot(
      ArtifactName model,
      SlotState state,
      Optional<Running> serving,
      Optional<Digest> target,
      int chunksHave,
      int chunksTotal,
      long wireBytes,
      Saved saved,
      Optional<Failure> failure,
      Optional<String> attestation) {
    /** Stable JSON, also what the REST API shows. */
    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("model", model.value());
      map.put("state", state.name());
      serving.ifPresent(running -> map.put("serving", running.json()));
      target.ifPresent(digest -> map.put("target", digest.hex()));
      map.put("chunks_have", chunksHave);
      map.put("chunks_total", chunksTotal);
      map.put("wire_bytes", wireBytes);
      map.put("bytes_saved", saved.json());
      failure.ifPresent(reason -> map.put("failure", reason.json()));
      attestation.ifPresent(envelope -> map.put("attestation", envelope));
      return map;
    }

    public static Slot parse(Fields f) {
      return new Slot(
          f.typed("model", ArtifactName::new),
          f.typed("state", SlotState::valueOf),
          f.has("serving") ? Optional.of(Running.parse(f.object("serving"))) : Optional.empty(),
          f.has("target") ? Optional.of(f.typed("target", Digest::new)) : Optional.empty(),
          (int) f.integer("chunks_have"),
          (int) f.integer("chunks_total"),
          f.integer("wire_bytes"),
          f.has("bytes_saved") ? Saved.parse(f.object("bytes_saved")) : Saved.NOTHING,
          f.has("failure") ? Optional.of(Failure.parse(f.object("failure"))) : Optional.empty(),
          f.findString("attestation"));
    }
  }

  /**
   * Bytes of a release that did not have to come.
   *
   * @param reused of chunks that files on the device's disk held
   * @param difference of chunks that were made of such files and of what differs, which did come
   * @param coded that coded chunks were shorter than their bytes
   */
  public record Saved(long reused, long difference, long coded) {
    public static final Saved NOTHING = new Saved(0, 0, 0);

    public long bytes() {
      return reused + difference + coded;
    }

    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("reused", reused);
      map.put("difference", difference);
      map.put("coded", coded);
      return map;
    }

    public static Saved parse(Fields f) {
      return new Saved(f.integer("reused"), f.integer("difference"), f.integer("coded"));
    }
  }

  /**
   * The device's disk.
   *
   * @param usedBytes of all artifacts, complete or not
   * @param freeBytes that the disk has left
   * @param writtenTodayBytes that the agent has written since midnight UTC: what wears flash out
   */
  public record Store(long usedBytes, long freeBytes, long writtenTodayBytes) {
    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("used_bytes", usedBytes);
      map.put("free_bytes", freeBytes);
      map.put("written_today_bytes", writtenTodayBytes);
      return map;
    }

    public static Store parse(Fields f) {
      return new Store(
          f.integer("used_bytes"), f.integer("free_bytes"), f.integer("written_today_bytes"));
    }
  }

  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.value());
    map.put("instance", instance);
    map.put("sequence", sequence);
    map.put("desired_sequence", desiredSequence);
    map.put("models", slots.stream().map(Slot::json).toList());
    refusal.ifPresent(reason -> map.put("refusal", reason.json()));
    store.ifPresent(disk -> map.put("store", disk.json()));
    if (!warnings.isEmpty()) {
      map.put("warnings", warnings.stream().map(Failure::json).toList());
    }
    return Json.write(map);
  }

  /**
   * @throws dev.sagui.failure.RejectedException NOT_JSON, MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  public static Reported parse(byte[] json) {
    Limits.check(Channel.REPORTED, json.length);
    Fields f = Fields.parse(json);
    return new Reported(
        f.typed("device", DeviceId::new),
        f.string("instance"),
        f.integer("sequence"),
        f.integer("desired_sequence"),
        f.objects("models", Slot::parse),
        f.has("refusal") ? Optional.of(Failure.parse(f.object("refusal"))) : Optional.empty(),
        f.has("store") ? Optional.of(Store.parse(f.object("store"))) : Optional.empty(),
        f.objects("warnings", Failure::parse));
  }
}
