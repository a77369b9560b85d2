/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.BenchResult;
import dev.sagui.device.DeviceId;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.fleet.Event;
import dev.sagui.wire.BenchReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What becomes of a bench job; pure. */
final class BenchVerdict {
  private static final int MOST_TRIES = 2;

  private BenchVerdict() {}

  /** The job after its device has answered. */
  static Bench answered(Bench bench, BenchReport report) {
    BenchReport.Outcome outcome = report.outcome();
    return switch (outcome.kind()) {
      case MEASURED -> measured(bench, outcome.result().orElseThrow());
      case DECLINED, INTERRUPTED ->
          bench.again("'%s': %s".formatted(report.device(), outcome.reason()), bench.tries());
      case FAILED -> bench.failed(outcome.code(), outcome.reason());
    };
  }

  /** Of a probe the times count, and not their ratio, which a call of microseconds makes vary. */
  private static Bench measured(Bench bench, BenchResult result) {
    Optional<String> doubt =
        result.runtime().equals(bench.subject().runtime())
            ? result.doubt().filter(why -> result.throttled() || !bench.isProbe())
            : Optional.of("it was measured with ONNX Runtime " + result.runtime());
    if (doubt.isEmpty()) {
      return bench.done(result);
    }
    return bench.tries() + 1 < MOST_TRIES
        ? bench.again(doubt.get(), bench.tries() + 1)
        : bench.failed(Optional.empty(), doubt.get());
  }

  /** The job after its device did not believe it. */
  static Bench refused(Bench bench, BenchReport report) {
    return bench.again(
        "'%s' refuses it: %s".formatted(report.device(), report.outcome().reason()), bench.tries());
  }

  /** The job after nobody has measured it for so long. */
  static Bench expired(Bench bench, Duration life) {
    String last = bench.note().isEmpty() ? "" : "; the last word was: " + bench.note();
    return bench.failed(
        Optional.empty(), "no device measured it within %d h%s".formatted(life.toHours(), last));
  }

  /** How it ended. */
  static Event event(Bench bench, Instant now) {
    String device = bench.device().map(DeviceId::value).orElse("");
    String code = bench.code().map(Enum::name).orElse("");
    return new Event(0, now, device, bench.model(), Event.Kind.BENCH, code, told(bench));
  }

  private static String told(Bench bench) {
    return bench
        .result()
        .map(
            r ->
                bench.isProbe()
                    ? "%s take %.3g ms and %.3g ms"
                        .formatted(
                            bench.variant(), r.candidate().p10Millis(), r.reference().p10Millis())
                    : "%s takes %.3f x the time".formatted(bench.variant(), r.ratio().value()))
        .orElseGet(() -> "%s was not measured: %s".formatted(bench.variant(), bench.note()));
  }
}
