/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.KnownNames;
import dev.sagui.train.gradient.Emitter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The negative evidence lower bound of a variational autoencoder with a standard normal prior
 * (Kingma, Welling 2014), nats a sample: how badly the decoder explains the sample, plus the
 * divergence KL(q(z|x) ‖ p(z)) = −½ Σ (1 + ln σ² − μ² − σ²) of the encoder's normal distribution.
 */
public final class Elbo {
  private static final List<String> LIKELIHOODS = List.of("bce", "gaussian");
  private static final List<String> KEYS = List.of("reconstruction", "beta", "variance");

  private final String likelihood;
  private final double beta;
  private final double variance;

  private Elbo(String likelihood, double beta, double variance) {
    this.likelihood = likelihood;
    this.beta = beta;
    this.variance = variance;
  }

  /**
   * As recipes write it: {@code {reconstruction: bce, beta: 1}} or {@code {reconstruction:
   * gaussian, variance: 1, beta: 4}}.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming the nearest known name or what
   *     was expected
   */
  public static Elbo parse(Map<?, ?> json) {
    Parameters parameters = Parameters.of("elbo", json);
    parameters.require(KEYS);
    Object likelihood = parameters.values().getOrDefault("reconstruction", "bce");
    KnownNames.require(likelihood, LIKELIHOODS, "reconstruction of elbo");
    return new Elbo(
        likelihood.toString(), parameters.positive("beta", 1), parameters.positive("variance", 1));
  }

  /**
   * Adds both terms.
   *
   * @param pair the decoder's output and the sample
   * @param mean μ, of the shape {@code latent}
   * @param logVariance ln σ², likewise
   * @param latent [batch, …]
   * @return the scalars "reconstruction", up to a constant, and "kl"; sums over a sample's
   *     elements, means over the batch
   */
  public Map<String, String> add(
      Emitter emit, Pair pair, String mean, String logVariance, List<Long> latent) {
    String error =
        likelihood.equals("bce")
            ? new BinaryCrossEntropy(false).add(emit, pair)
            : emit.multiply(ElementLosses.l2(emit, pair), 0.5 / variance);
    Pair latents = new Pair(mean, logVariance, latent, 1);
    String spread = emit.subtract(logVariance, emit.node("Exp", logVariance));
    String each = emit.subtract(spread, emit.multiply(mean, mean));
    String inner = emit.add(emit.mean(each), emit.scalar(1));
    Map<String, String> terms = new LinkedHashMap<>();
    terms.put("reconstruction", emit.multiply(error, (double) pair.sampleElements()));
    terms.put("kl", emit.multiply(inner, -0.5 * latents.sampleElements()));
    return terms;
  }

  /** Adds reconstruction + beta · kl (Higgins et al. 2017); a scalar. */
  public String total(Emitter emit, Map<String, String> terms) {
    String divergence = emit.multiply(terms.getOrDefault("kl", ""), beta);
    return emit.add(terms.getOrDefault("reconstruction", ""), divergence);
  }
}
