/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.mixed;

/**
 * A format that a layer could take.
 *
 * @param bytes of the layer's weights in it
 * @param error that it alone causes at the model's output, e.g. a mean squared error; errors of
 *     layers are taken to add up
 */
public record Candidate(String label, long bytes, double error) {
  public Candidate {
    if (bytes < 0 || !(error >= 0)) {
      throw new IllegalStateException(
          "'%s' has %d bytes, error %s; this is a bug".formatted(label, bytes, error));
    }
  }
}
