/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cost;

import dev.sagui.device.Speeds;
import dev.sagui.json.Fields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Times of runs on a device as sums over operators, each of its operations, its bytes and its call,
 * at rates of its kind of kernel. Begun with the device's speeds; what was measured moves the
 * rates, those that it says nothing of stay in proportion. None is negative.
 *
 * @param rates milliseconds by name, as {@link Work} names amounts
 * @param speeds for kinds that have no rate yet
 * @param factor on what speeds alone say
 * @param error mean of what predictions were off by, each of a time that was left out of the fit; a
 *     share of that time
 */
public record CostModel(
    SortedMap<String, Double> rates, Speeds speeds, double factor, double error) {
  /** Speeds alone know nothing of caches and kernels: expect a factor of two. */
  public static final double COLD_ERROR = 1;

  /** As a share of a time; no clock on a shared machine tells less. */
  private static final double LEAST_ERROR = 0.01;

  /** Of squared relative errors, for each rate to stay as it was. */
  private static final double PULL = 0.003;

  /** Of a run: kinds of kernels that take less are not told apart from the clock's noise. */
  private static final double LEAST_SHARE = 1e-3;

  /** A model's run as it was timed. */
  public record Timed(Work work, double millis) {}

  public CostModel {
    rates = Collections.unmodifiableSortedMap(new TreeMap<>(rates));
  }

  /** Before anything was measured. */
  public static CostModel cold(Speeds speeds) {
    return new CostModel(new TreeMap<>(), speeds, 1, COLD_ERROR);
  }

  /** As JSON holds it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rates", rates);
    map.put("speeds", speeds.json());
    map.put("factor", factor);
    map.put("error", error);
    return map;
  }

  /**
   * What {@link #json} wrote.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  public static CostModel parse(Fields f) {
    SortedMap<String, Double> rates = new TreeMap<>();
    Fields known = f.object("rates");
    known.keys().forEach(name -> rates.put(name, known.number(name)));
    return new CostModel(
        rates, Speeds.parse(f.object("speeds")), f.number("factor"), f.number("error"));
  }

  /** The same, known to be off by another share. */
  public CostModel within(double share) {
    return new CostModel(rates, speeds, factor, share);
  }

  /** What it is off by on runs that it has not seen: the mean, a share of their times. */
  public double off(List<Timed> runs) {
    return mean(runs, run -> Math.abs(millis(run.work()) / run.millis() - 1));
  }

  /** The same kernels on a machine of other speeds, where nothing was measured yet. */
  public CostModel at(Speeds other) {
    SortedMap<String, Double> there = new TreeMap<>();
    rates.forEach(
        (name, rate) -> there.put(name, rate * Rate.guess(name, other) / Rate.guess(name, speeds)));
    return new CostModel(there, other, factor, COLD_ERROR);
  }

  /** Milliseconds of a run. */
  public double millis(Work work) {
    return work.amounts().entrySet().stream()
        .mapToDouble(each -> each.getValue() * rate(each.getKey()))
        .sum();
  }

  private double rate(String name) {
    Double known = rates.get(name);
    return known == null ? factor * Rate.guess(name, speeds) : known;
  }

  /** What runs as a whole took moves the rates. */
  public CostModel learned(List<Timed> runs) {
    return learned(runs, false);
  }

  /** What runs took, and each of their operators. */
  public CostModel learnedByOperator(List<Timed> runs) {
    return learned(runs, true);
  }

  private CostModel learned(List<Timed> runs, boolean byOperator) {
    if (runs.isEmpty()) {
      return this;
    }
    double off = 0;
    for (int i = 0; i < runs.size(); i++) {
      List<Timed> others = new ArrayList<>(runs);
      Timed left = others.remove(i);
      CostModel without = others.isEmpty() ? this : fitted(others, byOperator);
      off += Math.abs(without.millis(left.work()) / left.millis() - 1) / runs.size();
    }
    CostModel all = fitted(runs, byOperator);
    boolean blind = runs.size() == 1 && error >= COLD_ERROR;
    double told = blind ? COLD_ERROR : Math.max(LEAST_ERROR, off);
    return new CostModel(all.rates, speeds, all.factor, told);
  }

  /** Scaled as a whole first, so that what is rarely seen comes along. */
  private CostModel fitted(List<Timed> runs, boolean byOperator) {
    CostModel begun =
        scaled(Math.exp(mean(runs, run -> Math.log(run.millis() / millis(run.work())))));
    List<String> names = names(runs);
    if (byOperator) {
      begun = begun.moved(names, begun.ofOperators(runs, names));
    }
    return begun.moved(names, begun.ofRuns(runs, names));
  }

  private CostModel scaled(double scale) {
    SortedMap<String, Double> next = new TreeMap<>();
    rates.forEach((name, rate) -> next.put(name, scale * rate));
    return new CostModel(next, speeds, scale * factor, error);
  }

  private CostModel moved(List<String> names, NonNegative squares) {
    squares.pull(1, PULL);
    double[] factors = squares.factors();
    SortedMap<String, Double> next = new TreeMap<>(rates);
    for (int i = 0; i < factors.length; i++) {
      next.put(names.get(i), factors[i] * rate(names.get(i)));
    }
    return new CostModel(next, speeds, factor, error);
  }

  private NonNegative ofRuns(List<Timed> runs, List<String> names) {
    NonNegative squares = new NonNegative(names.size());
    for (Timed run : runs) {
      squares.add(row(run.work().amounts(), names, 1 / run.millis()), 1);
    }
    return squares;
  }

  /**
   * An operator's share of what all took counts, as the profiler itself takes time. Each kind of
   * kernel weighs as much as any other, or what is a small part of a run would never be learned.
   */
  private NonNegative ofOperators(List<Timed> runs, List<String> names) {
    NonNegative squares = new NonNegative(names.size());
    for (Timed run : runs) {
      double all = run.work().operators().stream().mapToDouble(Work.Operator::millis).sum();
      Map<String, Double> kinds =
          run.work().operators().stream()
              .collect(
                  Collectors.groupingBy(
                      Work.Operator::kind, Collectors.summingDouble(Work.Operator::millis)));
      for (Work.Operator each : run.work().operators()) {
        double kind = Math.max(kinds.getOrDefault(each.kind(), 0.0), LEAST_SHARE * all);
        squares.add(row(each.amounts(), names, all / kind / run.millis()), each.millis() / kind);
      }
    }
    return squares;
  }

  private double[] row(Map<String, Double> amounts, List<String> names, double scale) {
    return names.stream()
        .mapToDouble(name -> scale * amounts.getOrDefault(name, 0.0) * rate(name))
        .toArray();
  }

  private static List<String> names(List<Timed> runs) {
    SortedSet<String> names =
        runs.stream()
            .flatMap(run -> run.work().amounts().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    return List.copyOf(names);
  }

  private static double mean(List<Timed> runs, ToDoubleFunction<Timed> of) {
    return runs.stream().mapToDouble(of).average().orElseThrow();
  }
}
