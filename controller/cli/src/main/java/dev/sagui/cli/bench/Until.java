/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waiting for something that another process does. */
final class Until {
  private Until() {}

  /**
   * Asks again until there is an answer.
   *
   * @param pause between two questions
   * @throws BenchException the program ended, or the limit passed
   */
  static <T> T present(
      String what,
      Program program,
      Duration limit,
      Duration pause,
      Supplier<Optional<T>> question) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      program.requireAlive();
      sleep(pause);
    }
    throw new BenchException("waited %d s for %s".formatted(limit.toSeconds(), what));
  }

  static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis(), pause.toNanosPart() % 1_000_000);
    } catch (InterruptedException e) {
      throw BenchException.interrupted(e);
    }
  }
}
