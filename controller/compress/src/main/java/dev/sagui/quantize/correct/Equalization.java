/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cross-layer equalization (Nagel et al., DFQ, arXiv 1906.04721, section 4.1): a channel between
 * two layers is divided in the first and multiplied in the second, so that its weights have the
 * same largest magnitude in both. Outputs stay, as what lies between is positively homogeneous.
 *
 * <p>Factors are powers of two: nothing is rounded and the float model gives the same bits unless
 * its runtime sums in another order. A layer must be the only user of what the first gives.
 */
public final class Equalization {
  private static final int SWEEPS = 5;
  private static final int MOST_EXPONENT = 20;

  /**
   * What was done to the layers of a pair, by the nodes' names.
   *
   * @param spread the largest by the median magnitude over the channels of the first layer, before
   * @param after the same, after
   */
  record Change(String first, String second, double spread, double after) {}

  private Equalization() {}

  /** The model with equalized channels, and high biases absorbed; see {@link Absorption}. */
  public static OnnxModel of(OnnxModel model, Samples samples, int threads) throws IOException {
    Graph graph = new Graph(model);
    apply(model, graph);
    Absorption.apply(model, graph, samples, threads);
    return Nodes.with(model, graph);
  }

  /** Edits {@code graph}, which is of {@code model}; one entry for each pair of layers. */
  static List<Change> apply(OnnxModel model, Graph graph) throws IOException {
    List<Pair> pairs = Pair.all(graph);
    List<double[]> before = new ArrayList<>();
    for (Pair pair : pairs) {
      before.add(pair.first().largestByOutput(model, graph));
    }
    for (int sweep = 0; sweep < SWEEPS && !pairs.isEmpty(); sweep++) {
      boolean moved = false;
      for (Pair pair : pairs) {
        moved |= equalize(model, graph, pair);
      }
      if (!moved) {
        break;
      }
    }
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      changes.add(
          new Change(
              pair.first().node().toString(),
              pair.second().node().toString(),
              spread(before.get(i)),
              spread(pair.first().largestByOutput(model, graph))));
    }
    return changes;
  }

  private static boolean equalize(OnnxModel model, Graph graph, Pair pair) throws IOException {
    double[] first = pair.first().largestByOutput(model, graph);
    double[] second = pair.second().largestByInput(model, graph);
    double[] down = new double[first.length];
    double[] up = new double[first.length];
    boolean moved = false;
    for (int c = 0; c < first.length; c++) {
      int exponent = exponent(first[c], second[c]);
      down[c] = Math.scalb(1.0, -exponent);
      up[c] = Math.scalb(1.0, exponent);
      moved |= exponent != 0;
    }
    if (moved) {
      pair.first().scaleOutputs(model, graph, down);
      pair.second().scaleInputs(model, graph, up);
    }
    return moved;
  }

  /** Of s = √(first/second), to the nearest power of two; 0 for a channel that is dead. */
  private static int exponent(double first, double second) {
    if (!(first > 0 && second > 0 && Double.isFinite(first) && Double.isFinite(second))) {
      return 0;
    }
    long exponent = Math.round(Math.log(first / second) / Math.log(2) / 2);
    return (int) Math.max(-MOST_EXPONENT, Math.min(MOST_EXPONENT, exponent));
  }

  private static double spread(double[] largest) {
    double[] sorted = Arrays.stream(largest).filter(x -> x > 0).sorted().toArray();
    return sorted.length == 0 ? 1 : sorted[sorted.length - 1] / sorted[sorted.length / 2];
  }
}
