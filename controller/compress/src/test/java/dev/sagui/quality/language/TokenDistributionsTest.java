/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.language;

import static dev.sagui.quality.Signals.disturbed;
import static dev.sagui.quality.Signals.golden;
import static dev.sagui.quality.Signals.noise;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Golden values: scipy, by {@code src/test/python/quality_golden.py}. */
class TokenDistributionsTest {
  private static final int VOCABULARY = 30;
  private static final float[] LOGITS = disturbed(noise(21, 1500), 8, 0, 1);

  @Test
  void agreesWithScipy() {
    TokenDistributions tokens = of(LOGITS, disturbed(LOGITS, 1, 2, 22));
    assertEquals(golden("kl"), tokens.meanDivergence(), 1e-5);
    assertEquals(golden("kl_p90"), tokens.divergenceQuantile(0.9), 0.005 * golden("kl_p90"));
    assertEquals(golden("top1_agreement"), tokens.topAgreement(), 1e-9);
    assertEquals(golden("rms_delta_p"), tokens.rmsDelta(), 1e-5);
    assertEquals(golden("perplexity"), tokens.candidatePerplexity(), 1e-3);
    assertEquals(golden("perplexity_reference"), tokens.referencePerplexity(), 1e-3);
  }

  @Test
  void equalAndShiftedLogitsAreTheSameDistribution() {
    float[] shifted = LOGITS.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += 100;
    }
    for (float[] same : new float[][] {LOGITS, shifted}) {
      TokenDistributions tokens = of(LOGITS, same);
      assertEquals(0, tokens.meanDivergence(), 1e-6);
      assertEquals(1, tokens.topAgreement());
      assertEquals(tokens.referencePerplexity(), tokens.candidatePerplexity(), 1e-3);
    }
  }

  @Test
  void uniformDistributionHasItsSizeAsPerplexity() {
    TokenDistributions tokens = of(LOGITS, new float[1500]);
    assertEquals(VOCABULARY, tokens.candidatePerplexity(), 1e-9);
  }

  @Test
  void probabilitiesAreTakenAsTheyAre() {
    float[] p = {0.5f, 0.25f, 0.25f, 0};
    float[] q = {0.25f, 0.5f, 0.125f, 0.125f};
    TokenDistributions tokens = new TokenDistributions();
    tokens.add(p, q, 0, 4, 1);
    double expected = 0.5 * Math.log(2) - 0.25 * Math.log(2) + 0.25 * Math.log(2);
    assertEquals(expected, tokens.meanDivergence(), 1e-6);
    assertEquals(4, tokens.referencePerplexity(), 1e-6);
    assertEquals(0.25, tokens.rmsDelta(), 1e-6);
    assertEquals(0, tokens.topAgreement());
  }

  @Test
  void divergenceGrowsWithNoise() {
    double last = 0;
    for (float spread : new float[] {0.01f, 0.1f, 1, 10}) {
      double next = of(LOGITS, disturbed(LOGITS, 1, spread, 5)).meanDivergence();
      assertTrue(next > last);
      last = next;
    }
  }

  @Test
  void unknownTokensHaveNoPerplexity() {
    TokenDistributions tokens = new TokenDistributions();
    tokens.add(LOGITS, LOGITS, 0, VOCABULARY, -1);
    tokens.add(LOGITS, LOGITS, 0, VOCABULARY, VOCABULARY);
    assertEquals(2, tokens.positions());
    assertEquals(0, tokens.known());
  }

  private static TokenDistributions of(float[] reference, float[] candidate) {
    TokenDistributions tokens = new TokenDistributions();
    for (int i = 0; i < 50; i++) {
      tokens.add(reference, candidate, i * VOCABULARY, VOCABULARY, (i * 7 + 3) % VOCABULARY);
    }
    return tokens;
  }
}
