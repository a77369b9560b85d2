/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import dev.sagui.recipe.PruneChannels;
import dev.sagui.recipe.Sparsify;
import dev.sagui.recipe.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Short forms of steps that remove channels or weights. */
final class PruneOptions {
  @Option(
      names = "--prune",
      paramLabel = "RATIO",
      description = "Remove whole channels: that share of the multiplications goes.")
  private Optional<Double> prune = Optional.empty();

  @Option(
      names = "--sparsify",
      paramLabel = "RATIO",
      description = "Zero that share of the weights: fewer bytes on the wire, no speed.")
  private Optional<Double> sparsify = Optional.empty();

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Zero every weight whose magnitude is below T.")
  private Optional<Double> threshold = Optional.empty();

  boolean given() {
    return prune.isPresent() || sparsify.isPresent() || threshold.isPresent();
  }

  boolean channels() {
    return prune.isPresent();
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    prune.map(PruneChannels::share).ifPresent(steps::add);
    sparsify.map(Sparsify::share).ifPresent(steps::add);
    threshold.map(Sparsify.Threshold::new).ifPresent(steps::add);
    return steps;
  }
}
