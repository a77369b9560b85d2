/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

/** Of the samples in the data, every {@code stride}-th from {@code first} on. */
record Share(int stride, int first) {
  static final Share ALL = new Share(1, 0);

  int of(int count) {
    return (count - first + stride - 1) / stride;
  }

  /** Every second of these, from the first or the second on. */
  Share half(int from) {
    return new Share(2 * stride, first + from * stride);
  }
}
