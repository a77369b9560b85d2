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
import dev.sagui.fold.Stripping;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.MixedStore;
import dev.sagui.quantize.StoreData;
import dev.sagui.quantize.StoreFormat;
import dev.sagui.quantize.WeightStore;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One step of a recipe, with its parameters. */
public sealed interface Step
    permits Step.Fold,
        Step.Strip,
        Step.Store,
        Step.StoreMixed,
        Quantize,
        Sparsify,
        PruneChannels,
        PruneShare,
        Skip,
        Experts,
        Distill {
  /**
   * A step that stores weights, by its short form.
   *
   * @param tolerance that the outputs shall keep, where a form can hold it
   * @throws RejectedException BAD_REQUEST, naming the forms that exist
   */
  static Step store(String form, Tolerance tolerance) {
    return form.equals(StoreMixed.FORM)
        ? new StoreMixed(tolerance, OptionalLong.empty())
        : new Store(StoreFormat.parse(form));
  }

  /** As recipes name it. */
  String name();

  /** As recipes write it. */
  Map<String, Object> parameters();

  /** Whether it looks at calibration samples, so that its result is judged on others. */
  default boolean looksAtSamples() {
    return false;
  }

  /** Whether it is there to make the model smaller; others may make it a little larger. */
  default boolean shrinks() {
    return true;
  }

  /** A file that it reads besides the model. */
  default Optional<Path> reads() {
    return Optional.empty();
  }

  /** Takes the model through this step; nothing is written yet. */
  StepOutcome apply(OnnxModel model, Surroundings around) throws IOException;

  /**
   * What a step may use besides the model.
   *
   * @param source the model that the recipe started from
   * @param inputs one batch that the model takes; empty when there is none
   * @param samples to calibrate on, apart from those that the result is judged on; none when there
   *     is no data that suits the model
   * @param device that the result is for
   * @param scratch lives until the result of the last step is written
   * @param threads of ONNX Runtime
   */
  record Surroundings(
      OnnxModel source,
      List<Tensor> inputs,
      Optional<Samples> samples,
      DeviceProfile device,
      Scratch scratch,
      int threads,
      Progress progress) {
    public Surroundings {
      inputs = List.copyOf(inputs);
    }

    StoreData storing(Samples samples) {
      return new StoreData(source, samples, scratch, threads);
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
                  "this step looks at what flows through the model, and no seeded data suits its"
                      + " inputs; give --data"));
    }
  }

  /** Clean-up of the graph; see {@link Cleanup}. */
  record Fold() implements Step {
    @Override
    public boolean shrinks() {
      return false;
    }

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

  /** What only people read goes; see {@link Stripping}. */
  record Strip() implements Step {
    @Override
    public String name() {
      return "strip";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of();
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) {
      return new StepOutcome(Stripping.apply(model), true, false, "", Map.of(), Map.of());
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
    public boolean looksAtSamples() {
      return weights.looksAtSamples();
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
      Accepted.singlePrecision(model);
      Optional<Samples> samples = around.samples().filter(s -> !s.isWeak());
      return StepOutcome.of(
          samples.isPresent()
              ? WeightStore.apply(model, weights, around.storing(samples.get()), around.progress())
              : WeightStore.apply(model, weights, around.progress()),
          weights.label());
    }
  }

  /**
   * Each weight in the format that its outputs bear; see {@link MixedStore}.
   *
   * @param tolerance that outputs keep
   * @param bytes of the model in its stead, at most: with the least error that was found
   */
  record StoreMixed(Tolerance tolerance, OptionalLong bytes) implements Step {
    /** As recipes and the command line name it. */
    public static final String FORM = "auto";

    /** Below this, errors begin to show. */
    public static final double USUAL_SQNR_DB = 30;

    @Override
    public String name() {
      return "store";
    }

    @Override
    public Map<String, Object> parameters() {
      return bytes.isPresent()
          ? Map.of("weights", FORM, "bytes", bytes.getAsLong())
          : tolerance.after(Map.of("weights", FORM));
    }

    @Override
    public boolean looksAtSamples() {
      return true;
    }

    @Override
    public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
      Accepted.singlePrecision(model);
      Optional<StepOutcome> random = Accepted.random(model, around);
      if (random.isPresent()) {
        return random.get();
      }
      Samples samples =
          around
              .samples()
              .orElseThrow(
                  () ->
                      new RejectedException(
                          FailureCode.BAD_REQUEST,
                          "store: auto needs samples to see what each weight costs the outputs, and"
                              + " no seeded data suits this model's inputs; give --data"));
      StoreData data = around.storing(samples);
      return StepOutcome.of(
          bytes.isPresent()
              ? MixedStore.within(model, bytes.getAsLong(), data, around.progress())
              : MixedStore.auto(model, tolerance, data, around.progress()),
          FORM);
    }
  }
}
