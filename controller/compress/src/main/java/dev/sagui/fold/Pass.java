/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import java.io.IOException;

/** One kind of clean-up. */
interface Pass {
  /** As reports name it. */
  String name();

  /** Edits the bench's graph; how many nodes or tensors it changed. */
  int apply(Bench bench) throws IOException;
}
