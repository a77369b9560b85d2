/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.cost.Work;
import dev.sagui.device.DeviceProfile;
import dev.sagui.recipe.Gate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * In which order candidates are made, and which not at all: what a lesser cut of the same form was
 * too much for, what no device can run in its time by prediction, and what would not be done within
 * the allowance.
 */
final class Agenda {
  private final List<Wish> wishes;
  private final double searchSeconds;
  private final double allowanceSeconds;
  private final List<Candidate> order;

  /** By form, the least share of each kind of cut that was too much. */
  private final Map<String, Map<Cut.Kind, Double>> exhausted = new HashMap<>();

  /**
   * @param allowanceSeconds after which no candidate shall still be made
   */
  Agenda(Search.Demand demand, List<Candidate> candidates, double allowanceSeconds) {
    this.wishes = demand.wishes();
    this.searchSeconds = demand.allowanceSeconds();
    this.allowanceSeconds = allowanceSeconds;
    this.order = ordered(candidates, demand.preference());
  }

  /**
   * Students last, when it is known what needs one, and before them what lies between others. For
   * speed, what computes in integers first: it is the fastest of as much removed.
   */
  private static List<Candidate> ordered(List<Candidate> all, Preference preference) {
    List<Candidate> order = new ArrayList<>(all);
    if (preference == Preference.SPEED) {
      order.sort(Comparator.comparing(c -> !c.cut().isNone() && !c.integers() && !c.isFine()));
    }
    order.sort(Comparator.comparing(Candidate::isFine));
    order.sort(Comparator.comparing(c -> c.cut().kind() == Cut.Kind.DISTILLED));
    return order;
  }

  List<Candidate> order() {
    return order;
  }

  /** Notes what kept the floors no more: more of it need not be tried. */
  void tooMuch(Candidate candidate) {
    exhausted
        .computeIfAbsent(candidate.form(), form -> new EnumMap<>(Cut.Kind.class))
        .merge(candidate.cut().kind(), candidate.cut().share(), Math::min);
  }

  /**
   * The least share that was too much, in that form or in the one that its weights are stored in
   * anyway; 1 if none was.
   */
  private double bar(Cut.Kind kind, String form) {
    return Stream.of(form, Candidate.storage(form))
        .map(each -> exhausted.getOrDefault(each, Map.of()))
        .flatMap(shares -> Stream.of(Cut.Kind.NOTHING, kind).map(k -> shares.getOrDefault(k, 1.0)))
        .min(Double::compare)
        .orElse(1.0);
  }

  /**
   * Why a candidate is not made; empty if it is. One is made whatever it may take, if any time is
   * left.
   *
   * @param tried the first is the model as it came
   * @param here what this machine's runs took so far
   */
  Optional<String> obstacle(
      Candidate candidate, List<Attempt> tried, HostTimes here, Pace pace, double secondsSpent) {
    Optional<String> idle = candidate.pointless(tried.get(0)).or(() -> needless(candidate));
    if (idle.isPresent()) {
      return idle;
    }
    double seconds = pace.expectedSeconds(candidate);
    boolean first = tried.size() == 1 && secondsSpent < searchSeconds;
    if (!first && secondsSpent + seconds > allowanceSeconds) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "not tried: the time allowance was used up; about %.0f s more would be needed",
              secondsSpent + seconds - allowanceSeconds));
    }
    return tooSlow(candidate, tried, here);
  }

  /**
   * Whether what is faster or simpler was not seen to be too much; nobody asks why it is not made.
   */
  boolean isUnneeded(Candidate candidate) {
    Cut cut = candidate.cut();
    boolean coarseDoes = cut.coarser().orElse(1) < bar(cut.kind(), candidate.form());
    boolean simpleDoes =
        candidate.instead().map(form -> cut.share() < bar(cut.kind(), form)).orElse(false);
    return coarseDoes || simpleDoes;
  }

  private Optional<String> needless(Candidate candidate) {
    Cut cut = candidate.cut();
    if (!cut.isNone() && cut.share() >= bar(cut.kind(), candidate.form())) {
      return Optional.of("not tried: less was too much already");
    }
    boolean student = cut.kind() == Cut.Kind.DISTILLED;
    return student && cut.share() < bar(Cut.Kind.CHANNELS, candidate.form())
        ? Optional.of("not tried: as much is gone without training, or was not seen to be too much")
        : Optional.empty();
  }

  /** Something made must be faster, so that a refusal names the nearest there is. */
  private Optional<String> tooSlow(Candidate candidate, List<Attempt> tried, HostTimes here) {
    Optional<String> told = Optional.empty();
    for (Wish wish : wishes) {
      DeviceProfile device = wish.device();
      DeviceTime time = new DeviceTime(device, here);
      double least = expected(candidate, tried, wish.format()).map(time::leastMillis).orElse(0.0);
      boolean slower = tried.stream().anyMatch(attempt -> time.p50Millis(attempt) < least);
      Optional<Gate> over =
          wish.limits().stream()
              .filter(limit -> limit.name().equals("p95") && limit.limit() < least)
              .findFirst();
      if (over.isEmpty() || !slower) {
        return Optional.empty();
      }
      told = over.map(limit -> tooSlow(device, least, limit));
    }
    return told;
  }

  private static String tooSlow(DeviceProfile device, double least, Gate limit) {
    return String.format(
        Locale.ROOT,
        "not tried: by prediction it takes %.3g ms or more on %s, the limit is %.3g ms",
        least,
        device.name(),
        limit.limit());
  }

  /** The work of a candidate before it is made: of its like without pruning, less what goes. */
  private static Optional<Work> expected(Candidate candidate, List<Attempt> tried, String format) {
    return tried.stream()
        .filter(a -> !candidate.cut().isNone())
        .filter(a -> a.arithmetic().equals(candidate.integers() ? format : ""))
        .findFirst()
        .map(like -> like.work().without(candidate.cut().share()));
  }
}
