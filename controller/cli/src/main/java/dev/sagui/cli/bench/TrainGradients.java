/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far the gradients of both sides are from those in float64.
 *
 * @param truth in float64, rounded once
 */
record TrainGradients(
    Map<String, float[]> truth, Map<String, float[]> ours, Map<String, float[]> peers) {
  /** To the net's largest: in float64 this is rounding, of a parameter that changes nothing. */
  private static final double NOTHING = 1e-10;

  private static final double FLOAT_EPSILON = Math.ulp(1f);

  static TrainGradients of(Workshop workshop, TrainPeer peer, Path model, Path samples)
      throws IOException {
    Path truth = model.resolveSibling("gradient-truth");
    Path mine = model.resolveSibling("gradient");
    Path other = model.resolveSibling("gradient-peer");
    try (Stepper ours = TrainRace.ours(workshop, model, samples, 1);
        Stepper theirs = peer.stepper(model, samples, 1)) {
      ours.gradient(mine);
      theirs.gradient(other);
      theirs.truth(truth);
    }
    return new TrainGradients(read(truth), read(mine), read(other));
  }

  private static Map<String, float[]> read(Path file) throws IOException {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (Tensor each : Safetensors.parse(Files.readAllBytes(file))) {
      gradients.put(each.name(), each.floats());
    }
    return gradients;
  }

  List<Row> rows(String what) {
    List<Row> rows = new ArrayList<>();
    double error = worst(ours);
    rows.add(
        Row.judged(
            what + ", gradient against float64",
            text(error),
            text(worst(peers)),
            List.of(Goal.atMost(error, 1e-4, "%.0e"))));
    for (String name : truth.keySet()) {
      if (isNothing(name)) {
        double made = largest(of(ours, name)) / largest();
        rows.add(
            Row.judged(
                "%s, gradient of %s, which is 0".formatted(what, name),
                text(made),
                text(largest(of(peers, name)) / largest()),
                List.of(Goal.atMost(made, FLOAT_EPSILON, "%.0e"))));
      }
    }
    return rows;
  }

  private static String text(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }

  private boolean isNothing(String name) {
    return largest(of(truth, name)) <= NOTHING * largest();
  }

  private double worst(Map<String, float[]> side) {
    return truth.keySet().stream()
        .filter(name -> !isNothing(name))
        .mapToDouble(name -> difference(of(truth, name), of(side, name)) / largest(of(truth, name)))
        .max()
        .orElse(0);
  }

  private static float[] of(Map<String, float[]> side, String name) {
    float[] gradient = side.get(name);
    if (gradient == null) {
      throw new BenchException("no gradient of '%s'".formatted(name));
    }
    return gradient;
  }

  /** Of the net. */
  private double largest() {
    return truth.values().stream().mapToDouble(TrainGradients::largest).max().orElse(0);
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double difference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }
}
