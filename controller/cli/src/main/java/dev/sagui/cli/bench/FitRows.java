/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.cost.CostModel;
import dev.sagui.fit.Attempt;
import dev.sagui.fit.Fitting;
import dev.sagui.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What a search chose and predicted, held against all measurements. */
final class FitRows {
  private static final double REGRET = 1.03;
  private static final double SHARE = 15;
  private static final double ERROR = 8;
  private static final double RANKS = 0.95;

  private FitRows() {}

  /**
   * Of one device.
   *
   * @param choice as {@code fit.json} has it
   */
  static List<Row> of(String what, Fields choice, FitDevice device) {
    return List.of(choice(what, choice, device), predicted(what, choice, device));
  }

  private static Row choice(String what, Fields choice, FitDevice device) {
    String chosen =
        choice
            .findString("variant")
            .orElseThrow(() -> new BenchException("nothing keeps the limits"));
    List<Fields> held = choice.objects("held", f -> f);
    String reference = held.get(0).string("variant");
    String best = chosen;
    for (Fields each : held) {
      String variant = each.string("variant");
      boolean faster = device.ratio(variant, reference) < device.ratio(best, reference);
      best = each.strings("missed").isEmpty() && faster ? variant : best;
    }
    double regret = device.ratio(chosen, best);
    double share = 100.0 * device.asked().size() / held.size();
    return Row.judged(
        what + ": choice",
        String.format(
            Locale.ROOT,
            "%s, %.3f × the time; regret %.1f %%, %d of %d measured",
            chosen,
            device.ratio(chosen, reference),
            100 * (regret - 1),
            device.asked().size(),
            held.size()),
        "best of all: %s, %.3f ×".formatted(best, device.ratio(best, reference)),
        List.of(
            Goal.atMost(regret, REGRET, "%.3f × the best"),
            Goal.atMost(share, SHARE, "%.0f %% of the measurements")));
  }

  private static Row predicted(String what, Fields choice, FitDevice device) {
    List<Fields> held = choice.objects("held", f -> f);
    String reference = held.get(0).string("variant");
    FitErrors errors = new FitErrors();
    List<String> names = new ArrayList<>();
    double told = Double.NaN;
    for (Fields each : held) {
      if (each.has("predicted_within")) {
        told = each.number("predicted_within");
        names.add(each.string("variant"));
        errors.add(each.number("p50_ms"), device.millis(each.string("variant"), reference));
      }
    }
    return judged(
        what + ": times not measured there",
        errors,
        ranks(errors, names, device),
        String.format(Locale.ROOT, ", said to be within %.1f %%", 100 * told));
  }

  /**
   * By a cost model of this machine that has not seen the variant, nor one that does the same work.
   *
   * @param device this machine, on as many threads as it has measured with
   */
  static Row neverRun(String what, Fitting fitting, FitDevice device) {
    FitErrors errors = new FitErrors();
    List<String> names = new ArrayList<>();
    String reference = fitting.tried().get(0).name().value();
    for (Attempt left : fitting.tried()) {
      List<CostModel.Timed> others =
          fitting.tried().stream()
              .filter(each -> !each.work().untimed().equals(left.work().untimed()))
              .map(each -> new CostModel.Timed(each.work(), each.ratio()))
              .toList();
      CostModel fitted = CostModel.cold(fitting.here().orElseThrow()).learnedByOperator(others);
      String name = left.name().value();
      names.add(name);
      errors.add(fitted.millis(left.work()), device.ratio(name, reference));
    }
    return judged(what + ": times not run anywhere", errors, ranks(errors, names, device), "");
  }

  private static OptionalDouble ranks(FitErrors errors, List<String> names, FitDevice device) {
    return errors.rankCorrelation((i, j) -> device.isOrdered(names.get(i), names.get(j)));
  }

  private static Row judged(String what, FitErrors errors, OptionalDouble ranks, String more) {
    List<Goal> goals = new ArrayList<>();
    goals.add(Goal.atMost(100 * errors.median(), ERROR, "%.1f %%"));
    ranks.ifPresent(found -> goals.add(Goal.atLeast(found, RANKS, "%.2f")));
    return Row.judged(
        what,
        String.format(
            Locale.ROOT,
            "median error %.1f %%, %s, of %d%s",
            100 * errors.median(),
            ranks.isPresent()
                ? String.format(Locale.ROOT, "ranks %.3f", ranks.getAsDouble())
                : "all as fast",
            errors.count(),
            more),
        Row.NONE,
        goals);
  }
}
