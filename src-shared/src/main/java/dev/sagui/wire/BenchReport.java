/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.manifest.SignedReport;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TrustedKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a bench job: sent again unchanged until it is acknowledged.
 *
 * @param job the job's id; of one that is not believed, the digest of what was sent in hexadecimal
 */
public record BenchReport(
    DeviceId device, String instance, long sequence, String job, Outcome outcome) {
  private static final int MAX_REASON = 600; // six bytes each at most, so that the report fits

  /**
   * How it ended.
   *
   * @param reason in words; empty for a measurement
   */
  public record Outcome(
      Kind kind, Optional<FailureCode> code, String reason, Optional<BenchResult> result) {
    public static Outcome measured(BenchResult result) {
      return new Outcome(Kind.MEASURED, Optional.empty(), "", Optional.of(result));
    }

    public static Outcome declined(String reason) {
      return new Outcome(Kind.DECLINED, Optional.empty(), cut(reason), Optional.empty());
    }

    public static Outcome interrupted(String reason) {
      return new Outcome(Kind.INTERRUPTED, Optional.empty(), cut(reason), Optional.empty());
    }

    public static Outcome failed(Reported.Failure why) {
      return new Outcome(
          Kind.FAILED, Optional.of(why.code()), cut(why.message()), Optional.empty());
    }

    private static String cut(String reason) {
      return reason.substring(0, Math.min(MAX_REASON, reason.length()));
    }

    public Outcome {
      if (result.isPresent() != (kind == Kind.MEASURED)
          || code.isPresent() != (kind == Kind.FAILED)) {
        throw new RejectedException(
            FailureCode.MALFORMED_PAYLOAD, "bench report: %s with other parts".formatted(kind));
      }
    }
  }

  /** The ways to end. */
  public enum Kind {
    MEASURED,
    /** The device does not take it now; it may be asked again. */
    DECLINED,
    /** The device had better things to do in the middle; it may be asked again. */
    INTERRUPTED,
    /** The candidate or the reference cannot be measured on this device. */
    FAILED
  }

  /** As it is sent: signed by the device. */
  public byte[] signed(SigningKey device) {
    return SignedReport.sign(encode(), device);
  }

  /**
   * Of an envelope.
   *
   * @param device its key, the one that it showed first or that an operator accepted
   * @throws RejectedException SIGNATURE_INVALID when it is not the device's word, NOT_JSON or
   *     PAYLOAD_TOO_LARGE; otherwise as {@link #parse}
   */
  public static byte[] opened(byte[] envelope, TrustedKey device) {
    return SignedReport.verified(envelope, Channel.BENCH.maxBytes(), device);
  }

  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.value());
    map.put("instance", instance);
    map.put("sequence", sequence);
    map.put("job", job);
    map.put("outcome", outcome.kind.name());
    outcome.code.ifPresent(code -> map.put("code", code.name()));
    map.put("reason", outcome.reason);
    outcome.result.ifPresent(result -> map.put("result", result.json()));
    return Json.write(map);
  }

  /**
   * @throws RejectedException NOT_JSON, PAYLOAD_TOO_LARGE or MALFORMED_PAYLOAD, also for numbers
   *     that no device can give
   */
  public static BenchReport parse(byte[] json) {
    Limits.check(Channel.BENCH, json.length);
    Fields f = Fields.parse(json);
    return new BenchReport(
        f.typed("device", DeviceId::new),
        f.string("instance"),
        f.integer("sequence"),
        f.string("job"),
        new Outcome(
            f.typed("outcome", Kind::valueOf),
            f.has("code") ? Optional.of(f.typed("code", FailureCode::valueOf)) : Optional.empty(),
            f.string("reason"),
            f.has("result")
                ? Optional.of(BenchResult.parse(f.object("result")))
                : Optional.empty()));
  }
}
