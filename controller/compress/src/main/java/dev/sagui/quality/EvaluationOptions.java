/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.Optional;

/**
 * What a user says of a model before it is judged.
 *
 * @param kind found from the first run when empty
 * @param sampleRate of waveforms, hertz, which no ONNX model tells
 */
public record EvaluationOptions(Optional<ModelKind> kind, double sampleRate) {
  /** Nothing said: the kind is found, waveforms are taken for 22,050 Hz. */
  public static final EvaluationOptions DEFAULT = new EvaluationOptions(Optional.empty(), 22_050);

  public EvaluationOptions {
    if (!(sampleRate > 0)) {
      throw new IllegalArgumentException("expected a positive sample rate, got " + sampleRate);
    }
  }
}
