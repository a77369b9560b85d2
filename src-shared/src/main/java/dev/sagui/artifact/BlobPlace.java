/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import java.util.Optional;

/** A web server and where artifacts lie on it. */
public sealed interface BlobPlace permits BlobAddress, BlobTable {
  /** Scheme, host and port, as every address has them. */
  String server();

  /** The address of an artifact, if it lies there; may hold a signature, which is not for logs. */
  Optional<String> find(Digest artifact);
}
