/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import java.time.Instant;

/**
 * A time for a page that shows how long ago it was.
 *
 * @param iso for scripts
 * @param text for people, where no script runs
 */
record Moment(String iso, String text) {
  static Moment of(Instant at) {
    return new Moment(at.toString(), Wording.time(at));
  }
}
