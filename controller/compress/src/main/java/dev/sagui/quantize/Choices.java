/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import java.util.List;

/**
 * What a weight may become, the fewest bytes first.
 *
 * @param bytes as float32
 */
record Choices(long bytes, List<PackedWeight> forms) {
  /** Of int8, to that of int4. */
  private static final double FINE = 1.0 / 64;

  /** What nodes and names of a stored weight take. */
  private static final long NODE_BYTES = 80;

  Choices {
    forms = List.copyOf(forms);
  }

  PackedWeight smallest() {
    return forms.get(0);
  }

  PackedWeight last() {
    return forms.get(forms.size() - 1);
  }

  PackedWeight finest() {
    return forms.get(Math.max(0, forms.size() - 2));
  }

  /** The first whose errors are so small that they add up; the smallest when none is. */
  PackedWeight fine() {
    return forms.stream().filter(form -> form.noise() <= FINE).findFirst().orElse(smallest());
  }

  /**
   * The error of a form from those of two, by the power of its own.
   *
   * @param coarse of the smallest
   * @param fine of the fine one
   */
  double error(PackedWeight form, double coarse, double fine) {
    double noise = form.noise();
    double little = fine().noise();
    if (noise <= little) {
      return noise == 0 ? 0 : fine * noise / little;
    }
    double at = Math.log(noise / little) / Math.log(smallest().noise() / little);
    return fine * Math.pow(coarse / fine, at);
  }

  long bytes(PackedWeight form) {
    return form.reason().isEmpty() ? form.bytes() + NODE_BYTES : bytes;
  }
}
