/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Times models against each other: one run each in turn, so that all meet the same machine. */
public final class LatencyRace {
  private static final int WARM_UP = 3;
  private static final int MIN_ROUNDS = 10;
  private static final int MAX_ROUNDS = 200;

  private LatencyRace() {}

  /**
   * @param seconds about how long all runs together may take
   * @return one latency a model, in order
   */
  public static List<Latency> run(List<OrtModel> models, List<Tensor> inputs, double seconds) {
    long pilot = 0;
    for (int i = 0; i < WARM_UP; i++) {
      pilot = 1;
      for (OrtModel model : models) {
        pilot += model.time(inputs);
      }
    }
    int rounds = (int) Math.max(MIN_ROUNDS, Math.min(MAX_ROUNDS, seconds * 1e9 / pilot));
    long[][] nanos = new long[models.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int m = 0; m < models.size(); m++) {
        nanos[m][round] = models.get(m).time(inputs);
      }
    }
    List<Latency> latencies = new ArrayList<>();
    for (long[] each : nanos) {
      latencies.add(Latency.ofNanos(each));
    }
    return latencies;
  }
}
