/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.keys.Keys;
import dev.sagui.train.loss.Adversarial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * That a critic, which learns to tell a student's pictures from its teacher's, takes them for the
 * teacher's.
 *
 * @param weight beside the other terms
 * @param loss of both
 * @param r1 weight of the penalty on the critic's slope at the teacher's pictures; 0 for none
 * @param channels of the critic's two convolutions, each of which halves height and width
 * @param rate the critic's rate of learning over the student's
 */
public record AgainstCritic(
    double weight, Adversarial loss, double r1, List<Long> channels, double rate) {
  private static final String WEIGHT = "weight";
  private static final String LOSS = "loss";
  private static final String R1 = "r1";
  private static final String CRITIC = "critic";
  private static final String RATE = "critic-rate";
  private static final int MOST_WIDTH = 1024;

  public AgainstCritic {
    channels = List.copyOf(channels);
  }

  static AgainstCritic parse(Object written) {
    Object whole = written instanceof Map<?, ?> ? written : Map.of(WEIGHT, written);
    Keys keys = Keys.of(whole, "adversarial").only(List.of(WEIGHT, LOSS, R1, CRITIC, RATE));
    return new AgainstCritic(
        keys.number(WEIGHT, 1, Double.MIN_VALUE, 1e6),
        Adversarial.parse(keys.text(LOSS).orElse(Adversarial.HINGE.label())),
        keys.number(R1, 1, 0, 1e6),
        keys.wholes(CRITIC, List.of(32L, 64L), MOST_WIDTH),
        keys.number(RATE, 1, 0.01, 100));
  }

  Object json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(WEIGHT, weight);
    json.put(LOSS, loss.label());
    json.put(R1, r1);
    json.put(CRITIC, channels);
    json.put(RATE, rate);
    return json;
  }
}
