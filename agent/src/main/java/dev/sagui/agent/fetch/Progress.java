/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.wire.Reported;

/**
 * How far a release has come.
 *
 * @param chunksHave of its files that are here
 * @param chunksTotal 0 before its manifest is here
 * @param wireBytes payload bytes that came for it, all attempts
 * @param takenBytes those, and what was asked for and may still come
 * @param saved bytes of it that did not have to come
 */
public record Progress(
    int chunksHave, int chunksTotal, long wireBytes, long takenBytes, Reported.Saved saved) {
  public static final Progress NONE = new Progress(0, 0, 0, 0, Reported.Saved.NOTHING);
}
