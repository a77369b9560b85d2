/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a file was found to be worth, held against the fp32 model.
 *
 * @param percent bytes of the fp32 files'
 * @param latency ratios to fp32, of p10s of runs in turns, in the order of the timed inputs
 * @param labels of the timed inputs, e.g. "at batch 16"
 * @param sqnrDb over all outputs of all held-out samples
 */
record QuantizeScores(
    double percent, List<Double> latency, List<String> labels, double sqnrDb, QuantizeOwn own) {
  /** Below this many dB a file is broken, whatever its size. */
  private static final double BROKEN_DB = 10;

  private static final double SLACK = 1.05;

  QuantizeScores {
    latency = List.copyOf(latency);
    labels = List.copyOf(labels);
  }

  /** No larger and no slower than {@code ours}, but for 5 % of noise, and not broken. */
  boolean rivals(QuantizeScores ours) {
    return isAsSmall(ours) && latency.get(0) <= ours.latency.get(0) * SLACK;
  }

  /** Too few dB; a voice's tell of drifting phases, not of quality. */
  boolean isBroken() {
    return !own.lowest() && !(sqnrDb >= BROKEN_DB);
  }

  /** No larger than {@code ours}, but for 5 %, and not broken. */
  boolean isAsSmall(QuantizeScores ours) {
    return !isBroken() && percent <= ours.percent * SLACK;
  }

  String text() {
    List<String> parts = new ArrayList<>();
    parts.add(String.format(Locale.ROOT, "%.1f %%", percent));
    for (int i = 0; i < latency.size(); i++) {
      String label = labels.get(i).isEmpty() ? "" : " " + labels.get(i);
      parts.add(String.format(Locale.ROOT, "%.2f ×%s", latency.get(i), label));
    }
    parts.add(String.format(Locale.ROOT, "%.1f dB", sqnrDb));
    if (!own.text().isEmpty()) {
      parts.add(own.text());
    }
    return String.join(", ", parts);
  }
}
