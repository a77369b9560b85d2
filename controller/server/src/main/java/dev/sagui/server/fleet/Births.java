/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import java.util.Optional;

/** What a birth message means, given what was known of the device. */
public enum Births {
  /** The device was not known, or was offline. */
  ARRIVED,
  /** The same process, connected again. */
  RECONNECTED,
  /** Another process while the one before was not known to be gone. */
  RESTARTED,
  /** A process that had been replaced is back: two agents use one id. */
  ALTERNATING;

  public static Births of(Optional<Device> before, String instance) {
    if (before.isEmpty()) {
      return ARRIVED;
    }
    Device known = before.get();
    if (known.instance().equals(instance)) {
      return known.online() ? RECONNECTED : ARRIVED;
    }
    if (known.previousInstance().equals(instance)) {
      return ALTERNATING;
    }
    return known.online() ? RESTARTED : ARRIVED;
  }
}
