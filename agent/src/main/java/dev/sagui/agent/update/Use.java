/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

/** What a release on the disk is good for, the least first: what goes when space is short. */
public enum Use {
  /** Nothing names it. */
  UNNEEDED,
  /** It was refused, rolled back or quarantined; it would only be fetched again by a new order. */
  REFUSED,
  /** It is on its way. */
  STAGED,
  /** It serves again when what serves now fails. */
  PREVIOUS,
  /** It serves. */
  CURRENT;

  /** Whether it is kept whatever happens. */
  public boolean isKept() {
    return this == PREVIOUS || this == CURRENT;
  }

  /** The more useful of both. */
  public Use better(Use other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
