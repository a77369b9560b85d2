/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * A model that both sides compress.
 *
 * @param title as the table names it
 * @param model its fp32 file
 * @param calibration an {@code .npz} that both sides may look at
 * @param heldOut runs that both sides are judged on, which neither has seen
 * @param timed inputs whose latency is compared
 * @param measure makes the kind's own number
 * @param recipes ours
 * @param peers methods of {@code deploy/bench/quantize_peer.py}
 */
record QuantizeSubject(
    String title,
    Path model,
    Path calibration,
    List<List<Tensor>> heldOut,
    List<Timed> timed,
    Supplier<QuantizeMeasure> measure,
    List<Ours> recipes,
    List<String> peers) {

  /**
   * Inputs to time.
   *
   * @param label empty for the usual ones, else e.g. "at batch 16"
   */
  record Timed(String label, List<Tensor> inputs) {
    Timed {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * One of our recipes.
   *
   * @param steps as a recipe file has them, in YAML's flow style
   * @param floor whether naive rounding to int8 must be met in bytes and quality too
   */
  record Ours(String label, String steps, QuantizeTargets targets, boolean floor) {
    /** The same with other targets. */
    Ours with(QuantizeTargets others) {
      return new Ours(label, steps, others, floor);
    }

    /** The recipe file, calibrated on an {@code .npz}. */
    String yaml(Path calibration) {
      return "data: \"npz:%s\"\nsteps: %s\n".formatted(calibration, steps);
    }
  }

  /** One that has no number of its own, and that no lists of recipes and peers go with. */
  static QuantizeSubject plain(
      String title, Path model, Path calibration, List<List<Tensor>> heldOut, List<Timed> timed) {
    return new QuantizeSubject(
        title,
        model,
        calibration,
        heldOut,
        timed,
        () -> new QuantizeNothing(),
        List.of(),
        List.of());
  }

  /** The same data for another file of the same inputs and outputs. */
  QuantizeSubject with(Path other) {
    return new QuantizeSubject(title, other, calibration, heldOut, timed, measure, recipes, peers);
  }

  /** Calibrated on another {@code .npz}. */
  QuantizeSubject calibratedOn(Path npz) {
    return new QuantizeSubject(title, model, npz, heldOut, timed, measure, recipes, peers);
  }

  /** Judged on other runs, and not timed. */
  QuantizeSubject judgedOn(List<List<Tensor>> runs) {
    return new QuantizeSubject(title, model, calibration, runs, List.of(), measure, recipes, peers);
  }

  QuantizeSubject {
    heldOut = List.copyOf(heldOut);
    timed = List.copyOf(timed);
    recipes = List.copyOf(recipes);
    peers = List.copyOf(peers);
  }
}
