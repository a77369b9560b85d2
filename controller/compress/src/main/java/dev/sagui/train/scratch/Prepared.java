/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import java.io.IOException;

/** A net and its data, ready to be trained. */
public interface Prepared {
  /** That an epoch goes once through. */
  long samples();

  /** A training that has not begun. */
  Training training(TrainerOptions options) throws IOException;
}
