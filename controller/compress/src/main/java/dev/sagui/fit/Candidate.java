/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.quality.Tolerance;
import dev.sagui.recipe.PruneChannels;
import dev.sagui.recipe.Quantize;
import dev.sagui.recipe.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A recipe that may be worth trying.
 *
 * @param name of the variant that it makes
 * @param removed share of the multiplications that its pruning takes away, 0 for none
 * @param integers whether it computes in integers, so that it differs between instruction sets
 * @param steps after those of {@link #begun}
 */
record Candidate(String name, double removed, boolean integers, List<Step> steps) {
  private static final double[] REMOVED = {0.25, 0.4, 0.5, 0.6, 0.75};

  Candidate {
    steps = List.copyOf(steps);
  }

  /** What a number of candidates begin with: the graph cleaned up, a share of the work removed. */
  static List<Step> begun(double removed) {
    return removed == 0
        ? List.of(new Step.Fold())
        : List.of(new Step.Fold(), PruneChannels.share(removed));
  }

  /** What is done but for the pruning; those of a form take about as long to make. */
  String form() {
    String form = name.replaceFirst("^prune\\d+-", "");
    return form.equals("stored") ? "int8-stored" : form;
  }

  /** All steps. */
  List<Step> recipe() {
    List<Step> all = new ArrayList<>(begun(removed));
    all.addAll(steps);
    return all;
  }

  /** Those worth trying, what pays most first; of the pruned ones in order of the share removed. */
  static List<Candidate> all(Tolerance floor) {
    Step int8 = Step.store("int8", floor);
    List<Candidate> all = new ArrayList<>();
    all.add(new Candidate("int8", 0, true, List.of(Quantize.parse("auto", floor), int8)));
    all.add(new Candidate("int8-stored", 0, false, List.of(int8)));
    all.add(new Candidate("fp16-stored", 0, false, List.of(Step.store("fp16", floor))));
    all.add(new Candidate("mixed-stored", 0, false, List.of(Step.store("auto", floor))));
    all.add(new Candidate("int4", 0, false, List.of(Quantize.parse("int4", floor), int8)));
    for (double removed : REMOVED) {
      String name = String.format(Locale.ROOT, "prune%.0f", 100 * removed);
      all.add(new Candidate(name + "-stored", removed, false, List.of(int8)));
      all.add(
          new Candidate(
              name + "-int8", removed, true, List.of(Quantize.parse("auto", floor), int8)));
    }
    return all;
  }
}
