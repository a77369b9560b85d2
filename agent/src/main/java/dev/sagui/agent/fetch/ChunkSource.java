/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.wire.ChunkRequest;

/**
 * Where chunks come from. A source is not believed: whoever asked checks each chunk alone against
 * the signed table, whatever source it is of.
 */
public interface ChunkSource {
  /**
   * Asks for the request's {@code window} lowest missing chunks and returns at once. What comes is
   * a message of {@link dev.sagui.wire.ChunkResponse} each, in any order; nothing may come at all.
   *
   * @return false when the source cannot be asked now, or not any more
   */
  boolean ask(ChunkRequest request);

  /** Most chunks to be asked of it before they came; 0 when it cannot be asked now. */
  int window();

  /**
   * What the source brought is not what was signed.
   *
   * @return whether it is left for that, so that the chunk is to be asked of another one
   */
  boolean isLeft(String why);
}
