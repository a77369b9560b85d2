/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.cost.Work;
import dev.sagui.prune.experts.ExpertOptions;
import dev.sagui.prune.experts.Routing;
import dev.sagui.recipe.Distill;
import dev.sagui.recipe.Experts;
import dev.sagui.recipe.PruneChannels;
import dev.sagui.recipe.PruneRank;
import dev.sagui.recipe.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What variants of several number formats begin with: the graph cleaned up, some of the work taken
 * away.
 *
 * @param share of the multiplications that goes, 0 for none
 * @param steps after the clean-up
 */
record Cut(Kind kind, double share, List<Step> steps) {
  /** How work is taken away. */
  enum Kind {
    NOTHING(""),
    /** Whole channels go. */
    CHANNELS("prune"),
    /** Products of matrices become two of low rank. */
    RANK("rank"),
    /** Each row computes a part of a feed-forward block. */
    EXPERTS("experts"),
    /** Whole channels go, and what is left is trained to give the original's outputs. */
    DISTILLED("distill");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  static final Cut NONE = new Cut(Kind.NOTHING, 0, List.of());

  private static final List<Double> CHANNELS = List.of(0.25, 0.4, 0.5, 0.6, 0.75);

  /** Between those, and below: what more was too much for may bear as much. */
  private static final List<Double> FINE = List.of(0.17, 0.1, 0.32, 0.45, 0.55, 0.68);

  private static final double[] RANK = {0.3, 0.5};
  private static final int EXPERTS = 8;
  private static final int ACTIVE = 2;

  /** Of all operations: of less, what is done to products is not felt. */
  private static final double FELT = 0.5;

  /** What a core's caches hold; experts save reading weights. */
  private static final long CACHED_BYTES = 4 << 20;

  Cut {
    steps = List.copyOf(steps);
  }

  /**
   * Those worth trying, of each kind in order of the share, the fine ones after the others.
   *
   * @param distill that each student may learn; zero for no student
   */
  static List<Cut> all(Duration distill) {
    List<Cut> all = new ArrayList<>();
    Stream.concat(CHANNELS.stream(), FINE.stream())
        .map(share -> new Cut(Kind.CHANNELS, share, List.of(PruneChannels.share(share))))
        .forEach(all::add);
    for (double share : RANK) {
      all.add(new Cut(Kind.RANK, share, List.of(new PruneRank(share))));
    }
    ExpertOptions experts = new ExpertOptions(EXPERTS, ACTIVE, Routing.LEAST_SQUARES);
    double idle = 1 - (double) ACTIVE / EXPERTS;
    all.add(new Cut(Kind.EXPERTS, idle, List.of(new Experts(experts))));
    if (!distill.isZero()) {
      Step learn = Distill.finetune(distill);
      for (double share : CHANNELS) {
        all.add(new Cut(Kind.DISTILLED, share, List.of(PruneChannels.share(share), learn)));
      }
    }
    return all;
  }

  /** The clean-up, and what goes. */
  List<Step> begun() {
    List<Step> all = new ArrayList<>(List.of(new Step.Fold()));
    all.addAll(steps);
    return all;
  }

  boolean isNone() {
    return kind == Kind.NOTHING;
  }

  /** Of the same kind, the next share above that is tried before; empty if this one is. */
  OptionalDouble coarser() {
    return kind == Kind.CHANNELS && FINE.contains(share)
        ? CHANNELS.stream().mapToDouble(coarse -> coarse).filter(above -> above > share).min()
        : OptionalDouble.empty();
  }

  /** How names of its variants begin. */
  String label() {
    return String.format(Locale.ROOT, "%s%.0f", kind.label, 100 * share);
  }

  /**
   * Why it cannot pay for a model; empty if it may.
   *
   * @param original the model as it came
   */
  Optional<String> pointless(Attempt original) {
    boolean known = !original.work().equals(Work.UNKNOWN);
    if (!known || (kind != Kind.RANK && kind != Kind.EXPERTS)) {
      return Optional.empty();
    }
    double products = original.work().share("MatMul");
    if (products < FELT) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "not tried: %.0f %% of the operations are in products of matrices, of which it saves",
              100 * products));
    }
    return kind == Kind.EXPERTS && original.floatBytes() < CACHED_BYTES
        ? Optional.of("not tried: all weights fit into a core's caches, so that it saves no time")
        : Optional.empty();
  }
}
