/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.quality.audio.LogMel;
import dev.sagui.quality.audio.TimeWarping;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * How far a candidate's outputs are from a reference's, in one number that searches go by: errors
 * of independent causes add up in it.
 *
 * <p>It is the error's power over the signal's, of all float32 outputs. Of waveforms, where a shift
 * of phase would count as an error, it is the square of the log-mel distance after time warping
 * (see {@link Metric#LOG_MEL_DTW}) plus the logarithm of the ratio of lengths: one duration that is
 * rounded to the other side shifts all that follows, and harms little.
 */
public final class OutputError {
  private static final double MOST_DB = 200;

  private final ModelKind kind;
  private final LogMel mel = new LogMel(EvaluationOptions.DEFAULT.sampleRate());
  private double signal;
  private double noise;
  private double distance;
  private int waves;

  /**
   * @param kind sound is judged as such, all others by their samples
   */
  public OutputError(ModelKind kind) {
    this.kind = kind;
  }

  /** By the kind of model that a run of the reference shows. */
  public static OutputError of(ModelFacts reference, List<Tensor> inputs, List<Tensor> outputs) {
    return new OutputError(ModelKind.of(reference, inputs, outputs));
  }

  /** Nothing added yet. */
  public OutputError fresh() {
    return new OutputError(kind);
  }

  /**
   * @param reference outputs of one run; what is not finite there must not be finite in the
   *     candidate either
   * @param candidate of the same inputs; waves may differ in length
   */
  public void add(List<Tensor> reference, List<Tensor> candidate) {
    if (kind == ModelKind.AUDIO) {
      addWaves(Values.of(reference.get(0)), Values.of(candidate.get(0)));
      return;
    }
    for (int i = 0; i < reference.size(); i++) {
      if (reference.get(i).type() == DataType.FP32 && candidate.get(i).type() == DataType.FP32) {
        add(reference.get(i).data().asFloatBuffer(), candidate.get(i).data().asFloatBuffer());
      }
    }
  }

  private void add(FloatBuffer reference, FloatBuffer candidate) {
    while (reference.hasRemaining() && candidate.hasRemaining()) {
      double wanted = reference.get();
      double found = candidate.get();
      if (Double.isFinite(wanted)) {
        signal += wanted * wanted;
        noise += (found - wanted) * (found - wanted);
      } else if (Double.isFinite(found)) {
        noise = Double.POSITIVE_INFINITY; // what could not be computed would look as if it could
      }
    }
  }

  private void addWaves(Values reference, Values candidate) {
    int a = Waves.length(reference.shape());
    int b = Waves.length(candidate.shape());
    Waves scaled = Waves.of(NominalRange.of(reference.elements()));
    for (int i = 0; i < Math.min(Waves.count(reference), Waves.count(candidate)); i++) {
      double[][] wanted = mel.of(scaled.wave(reference, i, a));
      double[][] found = mel.of(scaled.wave(candidate, i, b));
      distance += TimeWarping.distance(wanted, found) + Math.abs(Math.log((double) b / a));
      waves++;
    }
  }

  /** 0 for the same outputs; +∞ for such as are not finite, or no sound. */
  public double power() {
    return atLeast(this);
  }

  /**
   * What the power comes to at least when all runs are in.
   *
   * @param whole what all runs of the reference give, held against themselves
   */
  public double atLeast(OutputError whole) {
    double power;
    if (kind == ModelKind.AUDIO) {
      power = Math.pow(distance / whole.waves, 2);
    } else {
      power = whole.signal == 0 ? noise : noise / whole.signal;
    }
    return Double.isNaN(power) ? Double.POSITIVE_INFINITY : power;
  }

  /** SQNR, or the log-mel distance of waveforms. */
  public Metric metric() {
    return kind == ModelKind.AUDIO ? Metric.LOG_MEL_DTW : Metric.SQNR_DB;
  }

  /** The power in the metric's unit; the SQNR of the same outputs is {@value MOST_DB} dB. */
  public double value() {
    return kind == ModelKind.AUDIO
        ? Math.sqrt(power())
        : Math.min(MOST_DB, -10 * Math.log10(power()));
  }

  /** The most power that a tolerance admits. */
  public double admitted(Tolerance tolerance) {
    return kind == ModelKind.AUDIO
        ? tolerance.mel() * tolerance.mel()
        : Math.pow(10, -tolerance.sqnrDb() / 10);
  }
}
