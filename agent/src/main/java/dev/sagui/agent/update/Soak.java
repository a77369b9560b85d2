/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a release must show while it serves on probation.
 *
 * @param time that it serves before it is committed
 * @param p95LimitMillis that the release promises; infinity means no promise
 */
public record Soak(Duration time, double p95LimitMillis) {
  /** Fewer requests say nothing of a share or a percentile. */
  static final int MIN_REQUESTS = 20;

  static final double MAX_FAILED_SHARE = 0.2;

  /**
   * Requests since the probation began.
   *
   * @param answered with a result
   * @param failed valid requests that the runtime did not run
   * @param p95Millis from arrival to answer
   */
  public record Health(long answered, long failed, double p95Millis) {}

  public boolean isOver(Duration served) {
    return served.compareTo(time) >= 0;
  }

  /** Why the release must go back, if it must. */
  public Optional<Reported.Failure> objection(Health health) {
    long all = health.answered + health.failed;
    if (all < MIN_REQUESTS) {
      return Optional.empty();
    }
    if (health.failed > MAX_FAILED_SHARE * all) {
      return Optional.of(
          new Reported.Failure(
              FailureCode.INFERENCE_FAILED,
              "%d of %d requests failed on probation, at most %.0f %% may"
                  .formatted(health.failed, all, 100 * MAX_FAILED_SHARE)));
    }
    if (health.answered >= MIN_REQUESTS && health.p95Millis > p95LimitMillis) {
      return Optional.of(
          new Reported.Failure(
              FailureCode.TOO_SLOW,
              String.format(
                  Locale.ROOT,
                  "p95 of %d requests on probation is %.2f ms, the release's limit is %.2f ms",
                  health.answered,
                  health.p95Millis,
                  p95LimitMillis)));
    }
    return Optional.empty();
  }
}
