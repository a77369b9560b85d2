/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.language;

import dev.sagui.quality.signal.LogHistogram;

/**
 * How far a candidate's next-token distributions are from a reference's, position by position, in
 * fixed memory; the measures of llama.cpp's perplexity tool ("KL divergence"), which counts only
 * the second half of each context, where this counts all positions.
 */
public final class TokenDistributions {
  private final LogHistogram divergences = new LogHistogram();
  private double divergence;
  private long agreed;
  private long positions;
  private double squaredDelta;
  private double referenceLoss;
  private double candidateLoss;
  private long known;
  private double[] p = {};
  private double[] q = {};

  /**
   * Adds one position.
   *
   * @param reference logits, or probabilities that add up to 1
   * @param candidate likewise
   * @param from first of the position's elements in both
   * @param vocabulary elements
   * @param next the token that came next, or −1 when it is not known
   */
  public void add(float[] reference, float[] candidate, int from, int vocabulary, long next) {
    if (p.length != vocabulary) {
      p = new double[vocabulary];
      q = new double[vocabulary];
    }
    int topReference = logProbabilities(reference, from, p);
    int topCandidate = logProbabilities(candidate, from, q);
    double kl = 0;
    for (int i = 0; i < vocabulary; i++) {
      double weight = Math.exp(p[i]);
      kl += weight > 0 ? weight * (p[i] - q[i]) : 0;
    }
    divergence += kl;
    divergences.add(kl);
    agreed += topReference == topCandidate ? 1 : 0;
    positions++;
    if (next >= 0 && next < vocabulary) {
      double delta = Math.exp(q[(int) next]) - Math.exp(p[(int) next]);
      squaredDelta += delta * delta;
      referenceLoss -= p[(int) next];
      candidateLoss -= q[(int) next];
      known++;
    }
  }

  /** Fills in natural logarithms of probabilities; returns the first likeliest token. */
  private static int logProbabilities(float[] values, int from, double[] logs) {
    int top = 0;
    double sum = 0;
    double low = 0;
    for (int i = 0; i < logs.length; i++) {
      float value = values[from + i];
      top = value > values[from + top] ? i : top;
      sum += value;
      low = Math.min(low, value);
    }
    boolean probabilities = low >= 0 && Math.abs(sum - 1) < 1e-3;
    double highest = values[from + top];
    double total = 0;
    for (int i = 0; i < logs.length; i++) {
      double value = values[from + i];
      logs[i] = probabilities ? Math.log(Math.max(value, 1e-30)) : value - highest;
      total += Math.exp(logs[i]);
    }
    double normalizer = Math.log(total);
    for (int i = 0; i < logs.length; i++) {
      logs[i] -= normalizer;
    }
    return top;
  }

  public long positions() {
    return positions;
  }

  /** Positions whose next token is known. */
  public long known() {
    return known;
  }

  /** Mean Kullback-Leibler divergence from the reference to the candidate, nats. */
  public double meanDivergence() {
    return divergence / positions;
  }

  /** The divergence that a share of positions does not exceed, nats, within half a percent. */
  public double divergenceQuantile(double share) {
    return divergences.quantile(share);
  }

  /** Share of positions where both find the same token likeliest. */
  public double topAgreement() {
    return (double) agreed / positions;
  }

  /** Root mean square of the next token's probability, candidate less reference. */
  public double rmsDelta() {
    return Math.sqrt(squaredDelta / known);
  }

  public double referencePerplexity() {
    return Math.exp(referenceLoss / known);
  }

  public double candidatePerplexity() {
    return Math.exp(candidateLoss / known);
  }
}
