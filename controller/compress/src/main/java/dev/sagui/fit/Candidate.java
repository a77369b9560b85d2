/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.cost.Work;
import dev.sagui.quality.Tolerance;
import dev.sagui.recipe.Quantize;
import dev.sagui.recipe.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recipe that may be worth trying.
 *
 * @param form what is done but for the cut; those of a form take about as long to make
 * @param integers whether it computes in integers, so that it differs between instruction sets
 * @param steps after those of the cut
 */
record Candidate(Cut cut, String form, boolean integers, List<Step> steps) {
  private static final String STORED = "int8-stored";

  Candidate {
    steps = List.copyOf(steps);
  }

  /** Of the variant that it makes. */
  String name() {
    String what = form.equals(STORED) ? "stored" : form;
    return cut.isNone() ? form : cut.label() + "-" + what;
  }

  /** All steps. */
  List<Step> recipe() {
    List<Step> all = new ArrayList<>(cut.begun());
    all.addAll(steps);
    return all;
  }

  /**
   * Why it cannot pay for a model; empty if it may.
   *
   * @param original the model as it came
   */
  Optional<String> pointless(Attempt original) {
    boolean products = original.work().share("MatMul") > 0;
    return form.equals("int4") && !products && !original.work().equals(Work.UNKNOWN)
        ? Optional.of("not tried: no product of matrices is there, which alone compute in int4")
        : cut.pointless(original);
  }

  /**
   * Those worth trying, what pays most first; those with cuts in the order of these.
   *
   * @param distill that each student may learn; zero for no student
   */
  static List<Candidate> all(Tolerance floor, Duration distill) {
    Step int8 = Step.store("int8", floor);
    List<Step> integers = List.of(Quantize.parse("auto", floor), int8);
    List<Candidate> all = new ArrayList<>();
    all.add(new Candidate(Cut.NONE, "int8", true, integers));
    all.add(new Candidate(Cut.NONE, STORED, false, List.of(int8)));
    all.add(new Candidate(Cut.NONE, "fp16-stored", false, List.of(Step.store("fp16", floor))));
    all.add(new Candidate(Cut.NONE, "mixed-stored", false, List.of(Step.store("auto", floor))));
    all.add(new Candidate(Cut.NONE, "int4", false, List.of(Quantize.parse("int4", floor), int8)));
    for (Cut cut : Cut.all(distill)) {
      all.add(new Candidate(cut, STORED, false, List.of(int8)));
      all.add(new Candidate(cut, "int8", true, integers));
    }
    return all;
  }
}
