/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.failure;

/**
 * The data is at fault: the same bytes are never retried. The message is one sentence: what was
 * tried, expected, found, and what to do.
 */
public final class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;

  public RejectedException(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  public RejectedException(FailureCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public FailureCode code() {
    return code;
  }
}
