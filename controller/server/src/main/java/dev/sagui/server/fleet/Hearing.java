/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import java.util.Optional;

/** Whether devices can be heard now. */
public interface Hearing {
  /** Why not, as a sentence for operators; empty while they can. */
  Optional<String> trouble();
}
