/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.manifest.Manifest;
import java.io.IOException;

/** Who decides whether a release is fetched. */
public interface Entrance {
  /**
   * The manifest in signed bytes.
   *
   * @throws dev.sagui.failure.RejectedException the release must be refused
   * @throws IOException there is no room for it now
   */
  Manifest admit(byte[] signed) throws IOException;
}
