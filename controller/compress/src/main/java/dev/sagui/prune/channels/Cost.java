/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

/** What widths of the groups cost, as a share of what the full ones do. */
@FunctionalInterface
interface Cost {
  double of(int[] widths);
}
