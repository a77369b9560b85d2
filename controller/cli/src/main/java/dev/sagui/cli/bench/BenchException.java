/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

/** A part of a benchmark could not be measured; the message says why. */
final class BenchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }

  static BenchException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new BenchException("interrupted", cause);
  }
}
