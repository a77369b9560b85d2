/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.Speeds;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Makes candidates and measures them here, as long as the allowance lasts. */
final class Making {
  private final Search.Demand demand;
  private final Workbench bench;
  private final Stint stint;
  private final Progress progress;
  private final List<Attempt> tried = new ArrayList<>();
  private final Map<String, String> dropped = new LinkedHashMap<>();

  /**
   * @param stint of the search
   */
  Making(Search.Demand demand, Workbench bench, Stint stint, Progress progress) {
    this.demand = demand;
    this.bench = bench;
    this.stint = stint;
    this.progress = progress;
  }

  /** In order; the first is the model as it came. */
  List<Attempt> tried() {
    return tried;
  }

  /** What gave nothing, and why. */
  Map<String, String> dropped() {
    return dropped;
  }

  /**
   * @param allowance by this machine's times of the model as it came: seconds of the search, after
   *     which nothing shall still be made
   */
  void all(
      List<Candidate> candidates, ToDoubleFunction<HostTimes> allowance, Optional<Speeds> speeds)
      throws IOException {
    int steps = candidates.size() + 1;
    Outcome first =
        bench.asItCame((what, of) -> progress.at(Workbench.AS_IT_CAME + ": " + what, of / steps));
    stint.credit(first.spent());
    first.attempt().ifPresent(tried::add);
    Pace pace = new Pace(first.spent().seconds(), demand.settings().distill());
    double end = allowance.applyAsDouble(HostTimes.of(tried, speeds));
    Agenda agenda = new Agenda(demand, candidates, end);
    int done = 1;
    for (Candidate candidate : agenda.order()) {
      double fraction = (double) done++ / steps;
      if (agenda.isUnneeded(candidate)) {
        continue;
      }
      Progress part = (what, of) -> progress.at(candidate.name() + ": " + what, fraction);
      HostTimes here = HostTimes.of(tried, speeds);
      Optional<String> obstacle = agenda.obstacle(candidate, tried, here, pace, stint.seconds());
      if (obstacle.isPresent()) {
        dropped.put(candidate.name(), obstacle.get());
      } else if (!attempt(candidate, pace, part)) {
        agenda.tooMuch(candidate);
      }
    }
  }

  /** Whether one of the variants keeps the floors, or nothing is known of that. */
  private boolean attempt(Candidate candidate, Pace pace, Progress part) throws IOException {
    if (!begun(candidate, pace, part)) {
      return true;
    }
    Map<String, DeviceProfile> formats = new LinkedHashMap<>();
    demand.devices().forEach(d -> formats.putIfAbsent(Int8Format.of(d).label(), d));
    boolean kept = false;
    double start = stint.seconds();
    for (Map.Entry<String, DeviceProfile> format : formats.entrySet()) {
      String name = candidate.name();
      if (candidate.integers()) {
        name += "-" + format.getKey().replace(' ', '-');
      }
      kept |= attempt(candidate, new ArtifactName(name), format.getValue(), part);
      if (!candidate.integers()) {
        break;
      }
    }
    pace.made(candidate, stint.seconds() - start);
    return kept;
  }

  private boolean attempt(
      Candidate candidate, ArtifactName name, DeviceProfile device, Progress part)
      throws IOException {
    try {
      Outcome outcome = bench.make(candidate, name, device, part);
      stint.credit(outcome.spent());
      outcome.attempt().ifPresent(tried::add);
      outcome.problem().ifPresent(problem -> dropped.put(name.value(), problem));
      return outcome.attempt().map(this::keepsFloors).orElse(candidate.cut().isNone());
    } catch (RejectedException e) {
      refused(name.value(), e);
      return true;
    }
  }

  private boolean keepsFloors(Attempt attempt) {
    return demand.wishes().stream().anyMatch(wish -> wish.keepsFloors(attempt));
  }

  private boolean begun(Candidate candidate, Pace pace, Progress part) throws IOException {
    double start = stint.seconds();
    try {
      stint.credit(bench.begin(candidate.cut(), part));
    } catch (RejectedException e) {
      refused(candidate.name(), e);
      return false;
    }
    pace.begun(candidate.cut(), stint.seconds() - start);
    return true;
  }

  private void refused(String name, RejectedException e) {
    if (e.code() == FailureCode.MODEL_DOES_NOT_LOAD) {
      throw e;
    }
    dropped.put(name, e.getMessage());
  }
}
