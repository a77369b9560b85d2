/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.keys.Keys;
import dev.sagui.quality.ModelKind;
import dev.sagui.train.loss.LossTerms;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What makes a student like its teacher.
 *
 * @param outputs terms of each output; empty for what suits the kind of model
 * @param features that values inside of both are alike
 * @param adversarial that a critic does not tell them apart
 */
public record DistillLoss(
    Optional<LossTerms> outputs, Optional<Features> features, Optional<AgainstCritic> adversarial) {
  /** What suits the kind of model. */
  public static final DistillLoss USUAL =
      new DistillLoss(Optional.empty(), Optional.empty(), Optional.empty());

  /** The key of a recipe. */
  public static final String KEY = "loss";

  private static final String FEATURES = "features";
  private static final String ADVERSARIAL = "adversarial";

  /**
   * Reads what stands under {@link #KEY}, if anything.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, naming the nearest known term or what
   *     is expected
   */
  public static DistillLoss parse(Keys keys) {
    if (!keys.has(KEY)) {
      return USUAL;
    }
    Map<String, Object> terms = new LinkedHashMap<>(keys.at(KEY).map());
    Optional<Features> features = Optional.ofNullable(terms.remove(FEATURES)).map(Features::parse);
    Optional<AgainstCritic> adversarial =
        Optional.ofNullable(terms.remove(ADVERSARIAL)).map(AgainstCritic::parse);
    boolean usual = terms.isEmpty() && (features.isPresent() || adversarial.isPresent());
    return new DistillLoss(
        usual ? Optional.empty() : Optional.of(LossTerms.parse(terms)), features, adversarial);
  }

  /** With the terms that suit a kind of model, where there are none. */
  public DistillLoss of(ModelKind kind) {
    LossTerms terms = outputs.orElseGet(() -> Distillation.usualLoss(kind));
    return new DistillLoss(Optional.of(terms), features, adversarial);
  }

  /** {@link #KEY} and its terms, as recipes write them; empty for what is usual. */
  public Map<String, Object> json() {
    Map<String, Object> terms = new LinkedHashMap<>();
    outputs.ifPresent(each -> terms.putAll(each.json()));
    features.ifPresent(each -> terms.put(FEATURES, each.json()));
    adversarial.ifPresent(each -> terms.put(ADVERSARIAL, each.json()));
    return terms.isEmpty() ? Map.of() : Map.of(KEY, terms);
  }
}
