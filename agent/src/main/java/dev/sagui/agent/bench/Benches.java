/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.BenchReport;
import java.io.IOException;
import java.util.Optional;

/** Measures models away from what serves. */
public interface Benches {
  /**
   * Begins to measure and returns at once.
   *
   * @throws IOException the disk does not take what a bench needs
   * @throws UnavailableException there is no process or memory for it now
   */
  Run begin(BenchTask task) throws IOException, UnavailableException;

  /** A bench that was begun. */
  interface Run {
    /** What came of it, once it has ended; it ends within its time limit. */
    Optional<BenchReport.Outcome> outcome() throws IOException;

    /** Lets it run no further until it is abandoned, at no cost to others; any thread may. */
    void freeze();

    /** Ends it at once, if it has not; any thread may. */
    void abandon();
  }
}
