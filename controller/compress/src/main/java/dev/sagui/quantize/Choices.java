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

  /** Of six bits. */
  private static final double USUAL = 1.0 / 16;

  /** Of binary16. */
  private static final double SILENT = 1e-5;

  /** What nodes and names of a stored weight take. */
  private static final long NODE_BYTES = 80;

  Choices {
    forms = List.copyOf(forms);
  }

  PackedWeight smallest() {
    return forms.get(0);
  }

  /** In a format; the smallest where it has none of that. */
  PackedWeight form(String format) {
    return forms.stream()
        .filter(form -> form.format().equals(format))
        .findFirst()
        .orElse(smallest());
  }

  /** The first with so little noise. */
  PackedWeight within(double noise) {
    return forms.stream().filter(form -> form.noise() <= noise).findFirst().orElse(last());
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

  /**
   * The first that rounds about as the formats of a mixture do; the last that is stored if none.
   */
  PackedWeight usual() {
    return within(USUAL);
  }

  /**
   * The same from that of the usual form alone.
   *
   * @param slope the power of a form's noise that errors go by
   */
  double fall(PackedWeight form, double usual, double slope) {
    double noise = usual().noise();
    return noise == 0 ? 0 : usual * Math.pow(form.noise() / noise, slope);
  }

  /** Whether a form of it can be told from the weight at the outputs. */
  boolean isHeard() {
    return smallest().noise() > SILENT;
  }

  long bytes(PackedWeight form) {
    return form.reason().isEmpty() ? form.bytes() + NODE_BYTES : bytes;
  }
}
