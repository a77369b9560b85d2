/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far outputs may be from the reference's, as {@link OutputError} measures it.
 *
 * @param sqnrDb signal to noise of all that is no waveform, at least
 * @param mel log-mel distance of waveforms, nepers, at most
 */
public record Tolerance(double sqnrDb, double mel) {
  /** A voice's other sentences are at about 1.3, its own noise at 0.4. */
  public static final double USUAL_MEL = 0.1;

  public static Tolerance ofSqnr(double sqnrDb) {
    return new Tolerance(sqnrDb, USUAL_MEL);
  }

  /** With so much less error. */
  public Tolerance stricter(double decibel) {
    return new Tolerance(sqnrDb + decibel, mel * Math.pow(10, -decibel / 20));
  }

  /** A step's other parameters and this, as recipes write it: a usual mel goes without saying. */
  public Map<String, Object> after(Map<String, Object> others) {
    Map<String, Object> parameters = new LinkedHashMap<>(others);
    parameters.put("sqnr", sqnrDb);
    if (mel != USUAL_MEL) {
      parameters.put("mel", mel);
    }
    return parameters;
  }

  /** The limit of one of the two metrics. */
  public double limit(Metric metric) {
    return metric == Metric.LOG_MEL_DTW ? mel : sqnrDb;
  }
}
