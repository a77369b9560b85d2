/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.quality.Metric;
import dev.sagui.recipe.Gate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a device of a profile gets of the variants that were tried, and why.
 *
 * @param chosen none when no variant keeps all limits
 * @param nearest what misses its limits by least, when none was chosen
 * @param front those that no other one beats in bytes, time and quality at once
 * @param rivals those that may be chosen instead once they are measured better
 * @param reason in plain words, for people
 */
public record Decision(
    Wish wish,
    DeviceTime time,
    Optional<Attempt> chosen,
    Optional<Attempt> nearest,
    List<Attempt> front,
    List<Attempt> rivals,
    String reason) {
  private static final double NEAR = 1.5;
  private static final int MOST_RIVALS = 5;

  public Decision {
    front = List.copyOf(front);
    rivals = List.copyOf(rivals);
  }

  /** Names of the limits that a variant does not keep. */
  List<String> missed(Attempt attempt) {
    return wish.missed(attempt, time).stream().map(verdict -> verdict.gate().name()).toList();
  }

  /** Whether the report has a place for it. */
  boolean shows(Attempt attempt) {
    return front.contains(attempt) || best().equals(attempt);
  }

  /** The one that was chosen, or else the nearest. */
  Attempt best() {
    return chosen.or(this::nearest).orElseThrow();
  }

  /** What a device measured of the one that was chosen. */
  public Optional<DeviceBench.Measured> measured() {
    return chosen.flatMap(time::measured);
  }

  /** The same, with a remark at the end of its reason. */
  Decision noted(String note) {
    return note.isEmpty()
        ? this
        : new Decision(wish, time, chosen, nearest, front, rivals, reason + "; " + note);
  }

  /** How the times are known that limits were held against. */
  public String times() {
    return switch (time.source()) {
      case MEASURED -> "times were measured on this machine";
      case MEASURED_THERE ->
          "times of %s were measured on a device of the profile, the others' are estimated, %s"
              .formatted(time.readings().keySet().stream().sorted().toList(), time.off());
      case ESTIMATED ->
          time.kept().isPresent()
              ? "times are estimated from what devices of the profile measured before, "
                  + time.off()
              : "times are estimated from this machine's speeds and "
                  + time.whoseSpeeds()
                  + ", "
                  + time.off();
      case THIS_MACHINE -> "times are this machine's: the profile has no speeds";
    };
  }

  static Decision of(Wish wish, DeviceTime time, Preference preference, List<Attempt> tried) {
    List<Attempt> suited = tried.stream().filter(a -> a.suits(wish.format())).toList();
    List<Attempt> kept = suited.stream().filter(a -> wish.missed(a, time).isEmpty()).toList();
    List<Attempt> front = front(suited, time);
    if (kept.isEmpty()) {
      Attempt nearest =
          suited.stream()
              .min(Comparator.comparingDouble(a -> excess(wish.missed(a, time))))
              .orElseThrow();
      return new Decision(
          wish,
          time,
          Optional.empty(),
          Optional.of(nearest),
          front,
          List.of(nearest),
          refusal(wish, time, nearest));
    }
    Attempt best = best(kept, preference, time);
    String reason = new Reasons(wish, time, preference).of(best, suited);
    return new Decision(
        wish,
        time,
        Optional.of(best),
        Optional.empty(),
        front,
        rivals(kept, best, preference, time),
        reason);
  }

  private static List<Attempt> rivals(
      List<Attempt> kept, Attempt best, Preference preference, DeviceTime time) {
    if (preference != Preference.SPEED) {
      return List.of(best);
    }
    return kept.stream()
        .filter(a -> preference.cost(a, time) <= NEAR * preference.cost(best, time))
        .sorted(Comparator.comparingDouble(a -> preference.cost(a, time)))
        .limit(MOST_RIVALS)
        .toList();
  }

  private static Attempt best(List<Attempt> kept, Preference preference, DeviceTime time) {
    double least = kept.stream().mapToDouble(a -> preference.cost(a, time)).min().orElseThrow();
    double bar = preference == Preference.QUALITY ? least : least * Preference.ALIKE;
    return kept.stream()
        .filter(a -> preference.cost(a, time) <= bar)
        .min(preference.then(time))
        .orElseThrow();
  }

  private static List<Attempt> front(List<Attempt> all, DeviceTime time) {
    return all.stream().filter(a -> all.stream().noneMatch(b -> beats(b, a, time))).toList();
  }

  private static boolean beats(Attempt a, Attempt b, DeviceTime time) {
    double ours = time.rankMillis(a);
    double theirs = time.rankMillis(b);
    boolean notWorse = a.bytes() <= b.bytes() && ours <= theirs && a.merit() >= b.merit();
    boolean better = a.bytes() < b.bytes() || ours < theirs || a.merit() > b.merit();
    return notWorse && better;
  }

  /** By how much limits are missed, each relative to itself. */
  private static double excess(List<Gate.Verdict> missed) {
    return missed.stream()
        .mapToDouble(
            v ->
                Double.isNaN(v.value())
                    ? 1e9
                    : Math.abs(v.value() - v.gate().limit()) / Math.max(1e-9, v.gate().limit()))
        .sum();
  }

  private static String refusal(Wish wish, DeviceTime time, Attempt nearest) {
    List<String> missed = new ArrayList<>();
    List<String> relax = new ArrayList<>();
    for (Gate.Verdict verdict : wish.missed(nearest, time)) {
      Gate gate = verdict.gate();
      missed.add(
          "%s %s where the limit is %s"
              .formatted(gate.name(), gate.told(verdict.value()), gate.told(gate.limit())));
      relax.add(gate.name() + "=" + typed(gate.name(), verdict.value()));
    }
    return "no variant keeps every limit; nearest is %s: %s. It is let through by %s"
        .formatted(nearest.name(), String.join(", ", missed), String.join(",", relax));
  }

  /** As a user types a limit that this value keeps. */
  private static String typed(String name, double value) {
    return switch (name) {
      case "flash", "ram" -> String.valueOf((long) value);
      case "p95" -> String.format(Locale.ROOT, "%.3fms", Math.ceil(value * 1000) / 1000);
      default -> {
        boolean highest = Metric.find(name).map(m -> m.best() == Metric.Best.HIGHEST).orElse(false);
        double rounded = highest ? Math.floor(value * 100) / 100 : Math.ceil(value * 100) / 100;
        yield String.format(Locale.ROOT, "%.2f", rounded);
      }
    };
  }
}
