/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.mixed;

/**
 * A format that a layer could take.
 *
 * @param bytes of the layer's weights in it
 * @param millis of the layer in a run
 * @param error that it alone causes at the model's output, e.g. a mean squared error; errors of
 *     layers are taken to add up
 */
public record Candidate(String label, long bytes, double millis, double error) {
  public Candidate {
    if (bytes < 0 || !(millis >= 0) || !(error >= 0)) {
      throw new IllegalStateException(
          "'%s' has %d bytes, %s ms, error %s; this is a bug"
              .formatted(label, bytes, millis, error));
    }
  }
}
