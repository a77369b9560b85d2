/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.LocalDate;

/** One side-by-side benchmark. */
interface Benchmark {
  /** As {@code sagui bench} takes it. */
  String name();

  String summary();

  Table run(LocalDate today);
}
