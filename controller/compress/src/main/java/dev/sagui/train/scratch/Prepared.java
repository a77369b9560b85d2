/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.train.TrainerOptions;
import dev.sagui.train.Training;
import dev.sagui.train.folder.SampleSheet;
import java.io.IOException;
import java.util.Optional;

/** A net and its data, ready to be trained. */
public interface Prepared {
  /** That an epoch goes once through. */
  long samples();

  /** Shows what a model makes, where that does not follow from its inputs. */
  default Optional<SampleSheet> sheet() {
    return Optional.empty();
  }

  /** A training that has not begun. */
  Training training(TrainerOptions options) throws IOException;
}
