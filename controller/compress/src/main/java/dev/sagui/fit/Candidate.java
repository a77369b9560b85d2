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
  static final String STORED = "int8-stored";
  static final String MIXED = "mixed-stored";
  static final String INT8 = "int8";

  /** Integers of which a pruned model bears more: layers stay float until they err less. */
  static final String STRICT = "int8-strict";

  private static final String FINE = "mixed-fine";
  private static final double STRICTER_DB = 6;
  private static final double FINER_DB = 10;

  Candidate {
    steps = List.copyOf(steps);
  }

  /** Of the variant that it makes. */
  String name() {
    String what = form.equals(STORED) ? "stored" : form;
    return cut.isNone() ? form : cut.label() + "-" + what;
  }

  /** Whether it is between others, which are made first. */
  boolean isFine() {
    return form.equals(FINE) || instead().isPresent() || cut.coarser().isPresent();
  }

  /** The form that does better, of the same cut, if that is not too much; empty if none does. */
  Optional<String> instead() {
    if (form.equals(STRICT)) {
      return Optional.of(INT8);
    }
    return form.equals(MIXED) && !cut.isNone() ? Optional.of(STORED) : Optional.empty();
  }

  /** The form in which one stores what it does not compute in integers. */
  static String storage(String form) {
    return switch (form) {
      case INT8 -> STORED;
      case STRICT -> MIXED;
      default -> form;
    };
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
    Step mixed = Step.store("auto", floor);
    List<Step> strict = List.of(Quantize.parse("auto", floor.stricter(STRICTER_DB)), mixed);
    Step fine = Step.store("auto", floor.stricter(FINER_DB));
    List<Candidate> all = new ArrayList<>();
    all.add(new Candidate(Cut.NONE, INT8, true, integers));
    all.add(new Candidate(Cut.NONE, STORED, false, List.of(int8)));
    all.add(new Candidate(Cut.NONE, "fp16-stored", false, List.of(Step.store("fp16", floor))));
    all.add(new Candidate(Cut.NONE, MIXED, false, List.of(mixed)));
    all.add(new Candidate(Cut.NONE, "int4", false, List.of(Quantize.parse("int4", floor), int8)));
    all.add(new Candidate(Cut.NONE, FINE, false, List.of(fine)));
    all.add(new Candidate(Cut.NONE, STRICT, true, strict));
    for (Cut cut : Cut.all(distill)) {
      all.add(new Candidate(cut, STORED, false, List.of(int8)));
      all.add(new Candidate(cut, INT8, true, integers));
      if (cut.kind() == Cut.Kind.CHANNELS) {
        all.add(new Candidate(cut, MIXED, false, List.of(mixed)));
        all.add(new Candidate(cut, STRICT, true, strict));
      }
    }
    return all;
  }
}
