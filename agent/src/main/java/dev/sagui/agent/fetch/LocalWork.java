/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import java.io.IOException;

/** Chunks of a file that are made of what the disk holds. Owned by one thread. */
interface LocalWork {
  /** Goes on for a few chunks; whether there is more to do. */
  boolean step() throws IOException;
}
