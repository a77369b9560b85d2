/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.WeightGrid;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.quantize.linear.WeightGroup;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rounds the matrices of a model by the second moments of their smoothed inputs. */
final class MomentRounding {
  /** Wider layers are rounded to the nearest: their moments are too large. */
  private static final int MOST_INPUTS = 4096;

  /** Elements of the moments that one run of the samples fills. */
  private static final long PASS_ELEMENTS = 1 << 24;

  /** Samples are fewer here than channels are wide, so that weights must not follow them far. */
  private static final double DAMPING = 0.2;

  private final OnnxModel model;
  private final Smoothing smoothing;
  private final DynamicOptions options;
  private final Scratch scratch;
  private final Map<String, Int8Codes> rounded = new LinkedHashMap<>();

  MomentRounding(OnnxModel model, Smoothing smoothing, DynamicOptions options, Scratch scratch) {
    this.model = model;
    this.smoothing = smoothing;
    this.options = options;
    this.scratch = scratch;
  }

  /** By the weight's name; those that are left to rounding to the nearest are missing. */
  Map<String, Int8Codes> of(
      List<WeightGroup> groups, Samples samples, int threads, Progress progress)
      throws IOException {
    Map<LayerInput, List<WeightGroup>> byInput = new LinkedHashMap<>();
    for (List<WeightGroup> users : smoothing.seen(groups).values()) {
      LayerInput input = LayerInput.of(users.get(0).layers().get(0));
      if (input.size() <= MOST_INPUTS) {
        byInput.put(input, users);
      }
    }
    int done = 0;
    for (List<LayerInput> pass : passes(byInput.keySet())) {
      for (var gram : InputGram.of(model, pass, samples, threads).entrySet()) {
        round(
            gram.getKey(), gram.getValue().get(0), byInput.getOrDefault(gram.getKey(), List.of()));
        progress.at("round weights", (double) ++done / byInput.size());
      }
    }
    return rounded;
  }

  private static List<List<LayerInput>> passes(Iterable<LayerInput> inputs) {
    List<List<LayerInput>> passes = new ArrayList<>();
    long held = PASS_ELEMENTS;
    for (LayerInput input : inputs) {
      long needed = (long) input.size() * input.size();
      if (held + needed > PASS_ELEMENTS) {
        passes.add(new ArrayList<>());
        held = 0;
      }
      passes.get(passes.size() - 1).add(input);
      held += needed;
    }
    return passes;
  }

  private void round(LayerInput input, InputGram gram, List<WeightGroup> groups)
      throws IOException {
    InputGram seen = smoothing.smoothed(input.input(), gram);
    double[] power = new double[seen.size()];
    for (int i = 0; i < power.length; i++) {
      power[i] = seen.second()[i * power.length + i];
    }
    ErrorFeedback feedback = ErrorFeedback.of(seen, DAMPING, ErrorFeedback.Order.LARGEST_FIRST);
    WeightGrid grid = WeightGrid.ofProduct(seen.size(), options.format());
    for (WeightGroup group : groups) {
      Int8Rounding rounding =
          new Int8Rounding(
              smoothing.smoothed(group, group.rows(model)), group.byRow(), power, feedback, grid);
      rounded.put(group.weight().getName(), rounding.codes(options.unsigned() ? 128 : 0, scratch));
    }
  }
}
