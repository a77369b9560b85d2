/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.weights.Criterion;
import dev.sagui.prune.weights.Pattern;
import dev.sagui.prune.weights.PrunedWeight;
import dev.sagui.prune.weights.Repair;
import dev.sagui.prune.weights.Scope;
import dev.sagui.prune.weights.SparseModel;
import dev.sagui.prune.weights.Sparsification;
import dev.sagui.prune.weights.SparsityData;
import dev.sagui.prune.weights.SparsityOptions;
import dev.sagui.prune.weights.Thresholding;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Weights that become zero, alone or in small groups. */
public sealed interface Sparsify extends Step {
  @Override
  default boolean shrinks() {
    return false;
  }

  @Override
  default String name() {
    return "prune";
  }

  /** A share of them by the criteria that suit the samples, as short forms have it. */
  static Sparsify share(double ratio) {
    return new Share(
        ratio,
        Optional.empty(),
        Optional.empty(),
        Pattern.UNSTRUCTURED,
        Optional.empty(),
        OptionalInt.empty(),
        List.of());
  }

  /**
   * A share; see {@link Sparsification}.
   *
   * @param ratio from 0 to below 1
   * @param select empty for SparseGPT where there are samples that are no noise, else magnitude
   * @param scope empty for layer
   * @param repair empty for least squares where there are such samples, else none
   * @param rounds in which the zeros come; empty for four where they are many and samples are seen
   * @param except weights that stay
   */
  record Share(
      double ratio,
      Optional<Criterion> select,
      Optional<Scope> scope,
      Pattern pattern,
      Optional<Repair> repair,
      OptionalInt rounds,
      List<String> except)
      implements Sparsify {
    /** Beyond, zeros that come at once cost 2 to 4 dB more than in rounds. */
    private static final double MANY = 0.6;

    private static final int ROUNDS_OF_MANY = 4;

    /** No share. */
    public Share {
      if (!(ratio >= 0 && ratio < 1)) {
        throw RecipeFile.bad(
            "expected a share of weights to zero from 0 to below 1 under 'unstructured', got "
                + ratio);
      }
      except = List.copyOf(except);
    }

    @Override
    public Map<String, Object> parameters() {
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("unstructured", ratio);
      select.ifPresent(s -> parameters.put("select", s.label()));
      scope.ifPresent(s -> parameters.put("scope", s.label()));
      if (pattern.kind() != Pattern.Kind.SINGLE) {
        parameters.put("pattern", pattern.label());
      }
      repair.ifPresent(r -> parameters.put("repair", r.label()));
      rounds.ifPresent(count -> parameters.put("rounds", count));
      if (!except.isEmpty()) {
        parameters.put("except", except);
      }
      return parameters;
    }

    @Override
    public boolean looksAtSamples() {
      return options(true).looksAtSamples();
    }

    private SparsityOptions options(boolean seen) {
      return new SparsityOptions(
          ratio,
          select.orElse(seen ? Criterion.SPARSEGPT : Criterion.MAGNITUDE),
          scope.orElse(Scope.LAYER),
          pattern,
          repair.orElse(seen ? Repair.LEAST_SQUARES : Repair.NONE),
          rounds.orElse(seen && ratio > MANY ? ROUNDS_OF_MANY : 1),
          Set.copyOf(except));
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
      Accepted.singlePrecision(model);
      Optional<Samples> samples = around.samples();
      SparsityOptions options = options(samples.filter(s -> !s.isWeak()).isPresent());
      if (options.looksAtSamples() && samples.isEmpty()) {
        throw RecipeFile.bad(
            "prune with select: %s, scope: %s and repair: %s looks at samples, and no seeded data suits this model's inputs; give --data"
                .formatted(
                    options.criterion().label(),
                    options.scope().label(),
                    options.repair().label()));
      }
      Map<String, Object> metrics = new LinkedHashMap<>();
      metrics.put("select", options.criterion().label());
      metrics.put("scope", options.scope().label());
      metrics.put("repair", options.repair().label());
      metrics.put("rounds", options.rounds());
      SparsityData data = new SparsityData(samples, around.scratch(), around.threads());
      return outcome(model, Sparsification.apply(model, options, data, around.progress()), metrics);
    }
  }

  /** Every |w| below a threshold; see {@link Thresholding}. */
  record Threshold(double threshold) implements Sparsify {
    /** No threshold. */
    public Threshold {
      if (!(threshold >= 0 && Float.isFinite((float) threshold))) {
        throw RecipeFile.bad("expected a threshold of 0 or more, got " + threshold);
      }
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("threshold", threshold);
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
      Accepted.singlePrecision(model);
      return outcome(model, Thresholding.apply(model, (float) threshold), new LinkedHashMap<>());
    }
  }

  private static StepOutcome outcome(
      OnnxModel model, SparseModel result, Map<String, Object> metrics) {
    List<PrunedWeight> pruned = result.weights().stream().filter(PrunedWeight::pruned).toList();
    List<PrunedWeight> left = result.weights().stream().filter(w -> !w.pruned()).toList();
    long elements = pruned.stream().mapToLong(PrunedWeight::elements).sum();
    long zeros = pruned.stream().mapToLong(PrunedWeight::zeros).sum();
    metrics.put("weights_pruned", pruned.size());
    metrics.put("weights_left", left.size());
    metrics.put("zeros", zeros);
    metrics.put("density", elements == 0 ? 1.0 : 1 - (double) zeros / elements);
    metrics.put("gain", "fewer bytes on the wire once weights are stored in few bits, no speed");
    Map<String, Object> density = new LinkedHashMap<>();
    pruned.forEach(weight -> density.put(weight.name(), weight.density()));
    Map<String, Object> others = new LinkedHashMap<>();
    left.forEach(weight -> others.put(weight.name(), weight.reason()));
    boolean changed = result.model() != model;
    String reason =
        left.stream()
            .map(weight -> "%s: %s".formatted(weight.name(), weight.reason()))
            .limit(5)
            .collect(Collectors.joining("; "));
    if (!changed && reason.isEmpty()) {
      reason = "no weight to zero";
    }
    Map<String, Object> choices = new LinkedHashMap<>();
    choices.put("density", density);
    choices.put("left", others);
    return new StepOutcome(result.model(), changed, false, reason, metrics, choices);
  }
}
