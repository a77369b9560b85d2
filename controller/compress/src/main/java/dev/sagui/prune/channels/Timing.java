/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Times narrower models beside the full one, on this machine. */
final class Timing {
  private static final int TIMED = 46;
  private static final double RACE_SECONDS = 0.12;

  private final OnnxModel model;
  private final DependencyGraph dependencies;
  private final List<LayerWork> works;
  private final Samples samples;
  private final int threads;
  private final Progress progress;

  Timing(
      OnnxModel model,
      DependencyGraph dependencies,
      List<LayerWork> works,
      Samples samples,
      int threads,
      Progress progress) {
    this.model = model;
    this.dependencies = dependencies;
    this.works = works;
    this.samples = samples;
    this.threads = threads;
    this.progress = progress;
  }

  /** Times models of drawn widths. */
  TimeModel model(List<Curve> curves) throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    List<TimeModel.Timed> timed = new ArrayList<>(List.of(new TimeModel.Timed(full(curves), 1)));
    for (int n = 0; n < TIMED; n++) {
      List<Ranking.Width> drawn =
          curves.stream().map(curve -> curve.widths().get(random.nextInt(curve.size()))).toList();
      int[] widths = drawn.stream().mapToInt(Ranking.Width::width).toArray();
      Cut cut = Cut.of(dependencies, drawn);
      timed.add(new TimeModel.Timed(widths, ratio(cut.model(), RACE_SECONDS)));
      progress.at("prune", 0.6 + 0.1 * n / TIMED);
    }
    return TimeModel.fit(works, timed);
  }

  /** Time of a run at batch 1 to the input's, in turns. */
  double ratio(OnnxModel candidate, double seconds) throws IOException {
    try (OrtModel a = OrtModel.open(model, threads, false);
        OrtModel b = OrtModel.open(candidate, threads, false)) {
      List<Latency> race = LatencyRace.run(List.of(a, b), samples.first(1), seconds);
      return race.get(1).p10Millis() / race.get(0).p10Millis();
    }
  }

  private static int[] full(List<Curve> curves) {
    return curves.stream().mapToInt(curve -> curve.widths().get(0).group().width()).toArray();
  }
}
