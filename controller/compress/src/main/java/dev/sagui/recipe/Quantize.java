/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.StoredModel;
import dev.sagui.quantize.block.BlockMethod;
import dev.sagui.quantize.block.BlockOptions;
import dev.sagui.quantize.block.BlockQuantization;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.quantize.correct.Equalization;
import dev.sagui.quantize.dynamic.DynamicInt8;
import dev.sagui.quantize.dynamic.DynamicOptions;
import dev.sagui.quantize.phase.Phases;
import dev.sagui.quantize.qdq.StaticInt8;
import dev.sagui.quantize.qdq.StaticOptions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Computes in fewer bits. What turns out slower than its input, or larger, is taken back: see
 * {@link Payoff}.
 */
public sealed interface Quantize extends Step
    permits Quantize.Static,
        Quantize.Dynamic,
        Quantize.Blocks,
        Quantize.Auto,
        HalfPrecision,
        OnlyFloat {
  /** Below this, errors are plain to see or hear. */
  double USUAL_SQNR_DB = 25;

  /**
   * A short form of the command line.
   *
   * @param tolerance that the outputs shall keep, where a form can hold it
   * @throws RejectedException BAD_REQUEST, naming the forms that exist
   */
  static Quantize parse(String form, Tolerance tolerance) {
    return switch (form) {
      case "auto" -> new Auto(tolerance);
      case "int8" -> new Static(Optional.empty(), Optional.of(tolerance), false);
      case "dynamic" -> new Dynamic(OptionalDouble.empty());
      case "int4" -> new Blocks(BlockOptions.DEFAULT);
      case "fp16" -> new HalfPrecision();
      case "int2" -> new Blocks(new BlockOptions(2, 64, false, 4, BlockMethod.MSE, true, 4));
      default ->
          throw new RejectedException(
              FailureCode.BAD_REQUEST,
              "expected --quantize of auto, int8, dynamic, int4 or int2, got '%s'".formatted(form));
    };
  }

  @Override
  default String name() {
    return "quantize";
  }

  @Override
  default boolean looksAtSamples() {
    return true;
  }

  @Override
  default StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    if (!(this instanceof OnlyFloat)) {
      Accepted.unquantized(model);
    }
    Accepted.singlePrecision(model);
    StepOutcome outcome = Payoff.of(model, around).held(attempt(model, around));
    return outcome.changed() ? outcome : outcome.withNested(ModelStructure.of(model).bodies());
  }

  /** The quantized model, not yet held against its input. */
  StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException;

  /**
   * Static int8, activations and weights; see {@link StaticInt8}.
   *
   * @param calibration how ranges are chosen; empty for the least error at the outputs
   * @param tolerance layers stay float32 until the outputs are within; empty to keep none
   * @param equalized whether channels are brought to like ranges first; see {@link Equalization}
   */
  record Static(Optional<RangeMethod> calibration, Optional<Tolerance> tolerance, boolean equalized)
      implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("weights", "int8");
      parameters.put("activations", "int8");
      parameters.put("calibration", calibration.map(RangeMethod::label).orElse("auto"));
      tolerance.ifPresent(bar -> parameters.putAll(bar.after(Map.of())));
      if (equalized) {
        parameters.put("correct", List.of("equalize"));
      }
      return parameters;
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      Optional<StepOutcome> random = Accepted.random(model, around);
      if (random.isPresent()) {
        return random.get();
      }
      Int8Format format = Int8Format.of(around.device());
      OnnxModel even =
          equalized ? Equalization.of(model, around.calibration(), around.threads()) : model;
      Phases.Result phases = Phases.apply(even, around.scratch());
      StaticInt8.Result result =
          StaticInt8.apply(
              phases.model(),
              new StaticOptions(format, calibration, Set.of(), tolerance),
              around.calibration(),
              around.scratch(),
              around.threads(),
              around.progress());
      return StepOutcome.of(model, phases, result, format);
    }
  }

  /**
   * Dynamic int8: activations are quantized in each run; see {@link DynamicInt8}.
   *
   * @param smoothing how much of the activations' spread the weights take (SmoothQuant's α), 0 for
   *     weights alone, without samples; empty to choose for each activation where there are samples
   *     that are no noise, if the outputs gain
   */
  record Dynamic(OptionalDouble smoothing) implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("weights", "int8");
      parameters.put("activations", "dynamic");
      smoothing.ifPresent(alpha -> parameters.put("smoothing", alpha));
      return parameters;
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      if (smoothing.isPresent()) {
        return smoothing.getAsDouble() == 0 ? plain(model, around) : calibrated(model, around);
      }
      StepOutcome plain = plain(model, around);
      if (!plain.changed() || around.samples().filter(samples -> !samples.isWeak()).isEmpty()) {
        return plain;
      }
      StepOutcome calibrated = calibrated(model, around);
      Payoff payoff = Payoff.of(model, around);
      boolean better =
          payoff.error(calibrated.model()).power() < payoff.error(plain.model()).power();
      return better ? calibrated : plain;
    }

    private static StepOutcome plain(OnnxModel model, Surroundings around) throws IOException {
      return outcome(
          model, DynamicInt8.apply(model, options(around), around.progress()), around, 0.0);
    }

    private StepOutcome calibrated(OnnxModel model, Surroundings around) throws IOException {
      StoredModel result =
          DynamicInt8.apply(
              model,
              options(around),
              smoothing,
              around.calibration(),
              around.scratch(),
              around.threads(),
              around.progress());
      Object told = smoothing.isPresent() ? smoothing.getAsDouble() : "by activation";
      return outcome(model, result, around, told);
    }

    private static DynamicOptions options(Surroundings around) {
      return Int8Format.of(around.device()).saturates()
          ? DynamicOptions.REDUCED
          : DynamicOptions.DEFAULT;
    }

    private static StepOutcome outcome(
        OnnxModel model, StoredModel result, Surroundings around, Object smoothing) {
      String format = Int8Format.of(around.device()).label();
      StepOutcome outcome = StepOutcome.of(model, result.model(), result.weights(), format);
      Map<String, Object> metrics = new LinkedHashMap<>(outcome.metrics());
      metrics.put("smoothing", smoothing);
      return outcome.with(metrics);
    }
  }

  /** Products with weights in blocks of few bits; see {@link BlockQuantization}. */
  record Blocks(BlockOptions options) implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("weights", "int" + options.bits());
      parameters.put("block", options.block());
      parameters.put("method", options.method().label());
      if (options.symmetric()) {
        parameters.put("symmetric", true);
      }
      return parameters;
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      StoredModel result =
          BlockQuantization.apply(
              model,
              options,
              around.samples(),
              around.scratch(),
              around.threads(),
              around.progress());
      return StepOutcome.of(model, result.model(), result.weights(), "int" + options.bits());
    }
  }

  /** The fastest form whose outputs are within a tolerance, or none. */
  record Auto(Tolerance tolerance) implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      return tolerance.after(Map.of("weights", "auto"));
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      List<Quantize> forms = List.of(parse("int8", tolerance), parse("dynamic", tolerance));
      return Payoff.of(model, around).best(forms, tolerance);
    }
  }
}
