/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.util.List;

/** Tells a full disk from one that fails. */
final class FullDisk {
  /** What Linux says when a disk, a quota or a limit is reached. */
  private static final List<String> REASONS =
      List.of("No space left on device", "Disk quota exceeded", "File too large");

  private FullDisk() {}

  static boolean is(IOException e) {
    String message = String.valueOf(e.getMessage());
    return REASONS.stream().anyMatch(message::contains);
  }

  /**
   * @param kept what is whole, for people
   */
  static RejectedException refused(IOException e, String kept) {
    return new RejectedException(
        FailureCode.DISK_FULL,
        "the disk is full (%s): %s; make room, then go on by --resume"
            .formatted(e.getMessage(), kept),
        e);
  }
}
