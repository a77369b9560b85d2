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
 * @param exact whether integer sums are judged as they are without saturation, because the model's
 *     device has none and this machine's kernels do
 */
public record EvaluationOptions(Optional<ModelKind> kind, double sampleRate, boolean exact) {
  /** Nothing said: the kind is found, waveforms are taken for 22,050 Hz, integers as they come. */
  public static final EvaluationOptions DEFAULT = new EvaluationOptions(Optional.empty(), 22_050);

  public EvaluationOptions {
    if (!(sampleRate > 0)) {
      throw new IllegalArgumentException("expected a positive sample rate, got " + sampleRate);
    }
  }

  /** Integers as this machine computes them. */
  public EvaluationOptions(Optional<ModelKind> kind, double sampleRate) {
    this(kind, sampleRate, false);
  }

  /** The same for models whose device does or does not compute as this machine. */
  public EvaluationOptions exact(boolean wanted) {
    return new EvaluationOptions(kind, sampleRate, wanted);
  }
}
