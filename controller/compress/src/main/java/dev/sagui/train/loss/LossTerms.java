/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.failure.KnownNames;
import dev.sagui.train.gradient.Emitter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weighted terms, as recipes write them: {@code {l1: 1, ssim: 0.5, kl: {weight: 1, temperature:
 * 2}}}. A term of weight 0 is computed and not trained on.
 */
public final class LossTerms {
  private record Term(String name, double weight, Object written, Loss loss) {}

  private final List<Term> terms;

  private LossTerms(List<Term> terms) {
    this.terms = List.copyOf(terms);
  }

  /**
   * @param json a weight, or an object with weight and parameters, by each term's name
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming the nearest known name or what
   *     was expected
   */
  public static LossTerms parse(Map<?, ?> json) {
    List<Term> terms = new ArrayList<>();
    json.forEach((name, written) -> terms.add(term(name, written)));
    if (terms.stream().noneMatch(term -> term.weight() > 0)) {
      throw Parameters.bad(
          "a loss needs a term whose weight is above 0, found %s; terms are %s"
              .formatted(json, KnownLosses.names()));
    }
    return new LossTerms(terms);
  }

  private static Term term(Object name, Object written) {
    KnownNames.require(name, KnownLosses.names(), "loss");
    Parameters parameters = Parameters.of(name.toString(), written);
    return new Term(
        name.toString(), parameters.weight(), parameters.written(), KnownLosses.of(parameters));
  }

  /** As recipes write it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    terms.forEach(term -> json.put(term.name(), term.written()));
    return Collections.unmodifiableMap(json);
  }

  /**
   * Adds each term.
   *
   * @return the name of each one's scalar, not multiplied by its weight
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when a term does not suit the values
   */
  public Map<String, String> add(Emitter emit, Pair pair) {
    Map<String, String> scalars = new LinkedHashMap<>();
    terms.forEach(term -> scalars.put(term.name(), term.loss().add(emit, pair)));
    return scalars;
  }

  /**
   * Adds the weighted sum.
   *
   * @param scalars that {@link #add} gave
   * @return the name of a scalar
   */
  public String total(Emitter emit, Map<String, String> scalars) {
    List<String> weighted = new ArrayList<>();
    for (Term term : terms) {
      String scalar = scalars.get(term.name());
      if (scalar != null && term.weight() > 0) {
        weighted.add(emit.multiply(scalar, term.weight()));
      }
    }
    return Sums.of(emit, weighted);
  }
}
