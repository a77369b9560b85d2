/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Cleanup;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.StoreFormat;
import dev.sagui.quantize.WeightStore;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of a recipe, with its parameters. */
public sealed interface Step permits Step.Fold, Step.Store, Quantize {
  /** As recipes name it. */
  String name();

  /** As recipes write it. */
  Map<String, Object> parameters();

  /** Takes the model through this step; nothing is written yet. */
  StepOutcome apply(OnnxModel model, Surroundings around) throws IOException;

  /**
   * What a step may use besides the model.
   *
   * @param inputs one batch that the model takes; empty when there is none
   * @param samples to calibrate on, apart from those that the result is judged on; none when there
   *     is no data that suits the model
   * @param device that the result is for
   * @param scratch lives until the result of the last step is written
   * @param threads of ONNX Runtime
   */
  record Surroundings(
      List<Tensor> inputs,
      Optional<Samples> samples,
      DeviceProfile device,
      Scratch scratch,
      int threads,
      Progress progress) {
    public Surroundings {
      inputs = List.copyOf(inputs);
    }

    /**
     * Samples to calibrate on.
     *
     * @throws RejectedException BAD_REQUEST when there are none
     */
    Samples calibration() {
      return samples.orElseThrow(
          () ->
              new RejectedException(
                  FailureCode.BAD_REQUEST,
                  "static int8 needs samples to find the ranges of activations, and no seeded data"
                      + " suits this model's inputs; give --data"));
    }
  }

  /** Clean-up of the graph; see {@link Cleanup}. */
  record Fold() implements Step {
    @Override
    public String name() {
      return "fold";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of();
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
      return StepOutcome.of(
          Cleanup.apply(model, around.inputs(), around.scratch(), around.progress()));
    }
  }

  /** Weights in fewer bits on flash and wire; see {@link dev.sagui.quantize.WeightStore}. */
  record Store(StoreFormat weights) implements Step {
    @Override
    public String name() {
      return "store";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("weights", weights.label());
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
      Accepted.singlePrecision(model);
      return StepOutcome.of(
          WeightStore.apply(
              model,
              weights,
              around.samples().filter(samples -> !samples.isWeak()),
              around.scratch(),
              around.threads(),
              around.progress()),
          weights);
    }
  }
}
