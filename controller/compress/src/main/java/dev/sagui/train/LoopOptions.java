/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long a training goes on.
 *
 * @param steps in all; empty to take {@code time}
 * @param time that all steps shall take; the number of steps follows from the pace of the first
 * @param scoreEvery steps between two scores
 * @param patience scores without a better one after which training ends; 0 for never
 * @param checkpointEvery time between two checkpoints
 */
public record LoopOptions(
    OptionalLong steps, Duration time, long scoreEvery, int patience, Duration checkpointEvery) {
  /** Steps of a training that is limited by time and whose pace is not known yet. */
  public static final long UNPLANNED = Long.MAX_VALUE;

  /** After which the pace is known. */
  public static final long PACING_STEPS = 15;
}
