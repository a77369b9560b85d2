/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

/** Which part of a net learns. */
public enum Method {
  /** A new last layer on what the frozen layers before it give. */
  HEAD,
  /** Some of the layers. */
  PARTIAL,
  /** Low-rank updates of matrices (Hu et al. 2022). */
  LORA,
  /** All weights. */
  FULL;

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
