/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.json.Fields;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What can be measured of a model's quality; reports and gates name it in snake case. */
public enum Metric {
  /** Peak signal to noise, dB: peak² of the nominal range over the pooled squared error. */
  PSNR_DB(Best.HIGHEST),
  /** Signal to noise, dB: the reference's power over the error's, pooled. */
  SQNR_DB(Best.HIGHEST),
  /** Cosine between all outputs taken as one vector. */
  COSINE(Best.HIGHEST),
  /** Structural similarity, mean over pictures and channels. */
  SSIM(Best.HIGHEST),
  /** Multi-scale structural similarity, mean over pictures and channels. */
  MS_SSIM(Best.HIGHEST),
  /** Sliced Wasserstein distance of Laplacian-pyramid patches, in standard deviations. */
  SWD(Best.LOWEST),
  /** Kernel distance of random features, unbiased: it may fall below 0. */
  KID(Best.LOWEST),
  /** Log-spectral distance of the mean power spectra, dB. */
  SPECTRUM_DISTANCE(Best.LOWEST),
  /** Mean distance between the candidate's outputs over that of the reference's. */
  DIVERSITY_RATIO(Best.ONE),
  /** Mean absolute difference of log-mel spectrograms, nepers. */
  LOG_MEL_L1(Best.LOWEST),
  /** The same after dynamic time warping, which leaves differences of timing out. */
  LOG_MEL_DTW(Best.LOWEST),
  /** Multi-resolution STFT loss: spectral convergence and log magnitude. */
  MR_STFT(Best.LOWEST),
  /** The candidate's samples over the reference's. */
  LENGTH_RATIO(Best.ONE),
  /** Level in pauses, candidate over reference, dB: positive is hiss. */
  PAUSE_DB(Best.ZERO),
  /** Spectral flatness in pauses, candidate less reference. */
  PAUSE_FLATNESS(Best.ZERO),
  /** Kullback-Leibler divergence from reference to candidate, nats a token. */
  KL(Best.LOWEST),
  /** The divergence that one token in a thousand exceeds, nats. */
  KL_P999(Best.LOWEST),
  /** Share of positions where both find the same token likeliest. */
  TOP1_AGREEMENT(Best.HIGHEST),
  /** Root mean square difference of the probabilities of the token that came next. */
  RMS_DELTA_P(Best.LOWEST),
  /** Of the candidate on the tokens given. */
  PERPLEXITY(Best.LOWEST),
  /** Of the reference on the same tokens. */
  PERPLEXITY_REFERENCE(Best.LOWEST);

  /** Which value is the best. */
  public enum Best {
    HIGHEST,
    LOWEST,
    ONE,
    ZERO
  }

  private final Best best;

  Metric(Best best) {
    this.best = best;
  }

  public Best best() {
    return best;
  }

  /**
   * Whether it holds two sets of outputs against each other: its null scale is then chance, and
   * that of the others is what unrelated outputs have.
   */
  public boolean isOfSets() {
    return this == SWD || this == KID || this == SPECTRUM_DISTANCE || this == DIVERSITY_RATIO;
  }

  /** As reports name it, e.g. {@code psnr_db}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Those that an object has under their keys.
   *
   * @param otherwise for what is null, as numbers that are not finite are written
   */
  static Map<Metric, Double> values(Fields json, double otherwise) {
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    Arrays.stream(values())
        .filter(metric -> json.keys().contains(metric.key()))
        .forEach(metric -> values.put(metric, json.findNumber(metric.key()).orElse(otherwise)));
    return values;
  }

  /** By its key, or by its key without the unit: {@code psnr}; {@code mel} is the warped one. */
  public static Optional<Metric> find(String name) {
    if (name.equals("mel")) {
      return Optional.of(LOG_MEL_DTW);
    }
    return Arrays.stream(values())
        .filter(metric -> name.equals(metric.key()) || (name + "_db").equals(metric.key()))
        .findFirst();
  }

  /**
   * Whether a value is as good as a limit. About 1, a limit of 0.9 stands for 0.9 to 1/0.9; about
   * 0, a limit of 3 for −3 to 3. NaN is never good.
   */
  public boolean meets(double value, double limit) {
    return switch (best) {
      case HIGHEST -> value >= limit;
      case LOWEST -> value <= limit;
      case ONE -> Math.min(value, 1 / value) >= Math.min(limit, 1 / limit);
      case ZERO -> Math.abs(value) <= limit;
    };
  }
}
