/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.file.Path;

/** Refusals of data that a user named. */
public final class BadData {
  private BadData() {}

  /** BAD_REQUEST with one sentence. */
  public static RejectedException of(String sentence) {
    return new RejectedException(FailureCode.BAD_REQUEST, sentence);
  }

  /**
   * @param expected what should be there, e.g. "a folder of pictures"
   */
  public static RejectedException missing(String expected, Path path) {
    return new RejectedException(
        FailureCode.NOT_FOUND, "expected %s at %s, found nothing".formatted(expected, path));
  }

  /** What the disk or a decoder says of a file. */
  public static RejectedException unreadable(Path path, String expected, IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "expected %s in %s, but it cannot be read: %s".formatted(expected, path, reason),
        e);
  }
}
