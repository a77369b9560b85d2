/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.prune.channels.Refit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Removes the residual branches that the outputs miss least. */
final class Depth {
  /** Parameters; of larger models the weights stay as they are. */
  private static final long MOST_REFITTED = 20_000_000;

  private final OnnxModel teacher;
  private final Refit.Data data;
  private final Yardstick yardstick;
  private final Progress progress;
  private final List<String> notes;

  Depth(
      OnnxModel teacher,
      Refit.Data data,
      Yardstick yardstick,
      Progress progress,
      List<String> notes) {
    this.teacher = teacher;
    this.data = data;
    this.yardstick = yardstick;
    this.progress = progress;
    this.notes = notes;
  }

  /** What is left, and the sums whose branches went, in that order. */
  record Result(OnnxModel model, List<String> removed) {}

  /**
   * Until a share of the branches is left: the one whose loss shows least goes, then of the others
   * the one that shows least with that gone. Errors only grow, so most need no second look.
   */
  Result keep(double share) throws IOException {
    List<Residuals.Branch> all = branches(teacher);
    int kept = (int) Math.ceil(share * all.size() - 1e-9);
    List<Residuals.Branch> gone = new ArrayList<>();
    Map<String, Double> errors = new HashMap<>();
    List<Residuals.Branch> left = new ArrayList<>(all);
    while (left.size() > kept) {
      Residuals.Branch next = least(left, gone, errors);
      gone.add(next);
      List<Residuals.Branch> still = branches(Residuals.without(teacher, gone));
      left.removeIf(branch -> still.stream().noneMatch(s -> s.sum().equals(branch.sum())));
      progress.at("student", 0.3 * gone.size() / Math.max(1, all.size() - kept));
    }
    return removed(gone);
  }

  /** Those that an earlier run found. */
  Result without(List<String> sums) throws IOException {
    List<Residuals.Branch> all = branches(teacher);
    List<Residuals.Branch> gone = new ArrayList<>();
    for (String sum : sums) {
      gone.add(
          all.stream()
              .filter(branch -> branch.sum().equals(sum))
              .findFirst()
              .orElseThrow(
                  () ->
                      StudentSpec.bad(
                          "expected '%s' to be a residual sum of the teacher".formatted(sum))));
    }
    return removed(gone);
  }

  private List<Residuals.Branch> branches(OnnxModel model) throws IOException {
    List<Residuals.Branch> all = Residuals.of(model, data.samples().first(1), data.threads());
    if (all.isEmpty() && model == teacher) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "no block can be removed: the model has no residual sums x + f(x); use width or block");
    }
    return all;
  }

  private Residuals.Branch least(
      List<Residuals.Branch> left, List<Residuals.Branch> gone, Map<String, Double> errors)
      throws IOException {
    List<Residuals.Branch> order = new ArrayList<>(left);
    order.sort(Comparator.comparingDouble(branch -> errors.getOrDefault(branch.sum(), 0.0)));
    Residuals.Branch best = order.get(0);
    double lowest = Double.POSITIVE_INFINITY;
    for (Residuals.Branch branch : order) {
      if (errors.getOrDefault(branch.sum(), 0.0) >= lowest) {
        break;
      }
      List<Residuals.Branch> tried = new ArrayList<>(gone);
      tried.add(branch);
      double error = yardstick.error(Residuals.without(teacher, tried));
      errors.put(branch.sum(), error);
      if (error < lowest) {
        lowest = error;
        best = branch;
      }
    }
    return best;
  }

  private Result removed(List<Residuals.Branch> gone) throws IOException {
    OnnxModel cut = Residuals.without(teacher, gone);
    List<String> sums = gone.stream().map(Residuals.Branch::sum).toList();
    sums.forEach(sum -> notes.add("the branch that ends in '%s' was removed".formatted(sum)));
    if (gone.isEmpty()) {
      return new Result(cut, sums);
    }
    if (teacher.facts().parameters() > MOST_REFITTED) {
      notes.add("other layers keep their weights: the model is too large to fit them again");
      return new Result(cut, sums);
    }
    Refit.Changes changes =
        new Refit.Changes(java.util.Set.copyOf(sums), Map.of(), Refit.Others.THOROUGH);
    OnnxModel fitted = Refit.apply(teacher, cut, changes, data);
    return new Result(yardstick.error(fitted) < yardstick.error(cut) ? fitted : cut, sums);
  }
}
