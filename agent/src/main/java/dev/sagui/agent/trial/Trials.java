/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.failure.UnavailableException;
import java.io.IOException;
import java.util.Optional;

/** Puts models on trial away from what serves. */
public interface Trials {
  /**
   * Begins a trial and returns at once.
   *
   * @throws IOException the disk does not take what a trial needs
   * @throws UnavailableException there is no process or memory for it now
   */
  Attempt begin(Candidate candidate) throws IOException, UnavailableException;

  /** A trial that was begun. */
  interface Attempt {
    /** What came of it, once it has ended; it ends within its time limit. */
    Optional<Outcome> outcome() throws IOException;

    /** Ends it, if it has not. */
    void abandon();
  }
}
