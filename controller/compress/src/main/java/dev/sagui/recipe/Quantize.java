/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.block.BlockMethod;
import dev.sagui.quantize.block.BlockOptions;
import dev.sagui.quantize.block.BlockQuantization;
import dev.sagui.quantize.calibrate.RangeMethod;
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
public sealed interface Quantize extends Step {
  /** The short forms of the command line. */
  List<String> FORMS = List.of("auto", "int8", "dynamic", "int4", "int2");

  /** Below this, errors are plain to see or hear. */
  double USUAL_SQNR_DB = 25;

  /**
   * A short form of the command line.
   *
   * @throws RejectedException BAD_REQUEST, naming the forms that exist
   */
  static Quantize parse(String form) {
    return switch (form) {
      case "auto" -> new Auto();
      case "int8" -> new Static(Optional.empty(), OptionalDouble.of(USUAL_SQNR_DB));
      case "dynamic" -> new Dynamic();
      case "int4" -> new Blocks(BlockOptions.DEFAULT);
      case "int2" -> new Blocks(new BlockOptions(2, 64, false, 4, BlockMethod.MSE, true, 4));
      default ->
          throw new RejectedException(
              FailureCode.BAD_REQUEST,
              "expected --quantize of %s, got '%s'".formatted(FORMS, form));
    };
  }

  @Override
  default String name() {
    return "quantize";
  }

  @Override
  default StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    Quantized.refuse(model);
    return Payoff.of(model, around).held(attempt(model, around));
  }

  /** The quantized model, not yet held against its input. */
  StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException;

  /**
   * Static int8, activations and weights; see {@link StaticInt8}.
   *
   * @param calibration how ranges are chosen; empty for the least error at the outputs
   * @param sqnrDb layers stay float32 until the outputs reach it; empty to keep none
   */
  record Static(Optional<RangeMethod> calibration, OptionalDouble sqnrDb) implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("weights", "int8");
      parameters.put("activations", "int8");
      parameters.put("calibration", calibration.map(RangeMethod::label).orElse("auto"));
      sqnrDb.ifPresent(db -> parameters.put("sqnr", db));
      return parameters;
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      Int8Format format = Int8Format.of(around.device());
      Phases.Result phases = Phases.apply(model, around.scratch());
      StaticInt8.Result result =
          StaticInt8.apply(
              phases.model(),
              new StaticOptions(format, calibration, Set.of(), sqnrDb),
              around.calibration(),
              around.scratch(),
              around.threads(),
              around.progress());
      return StepOutcome.of(model, phases, result, format);
    }
  }

  /** Dynamic int8: activations are quantized in each run; see {@link DynamicInt8}. */
  record Dynamic() implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      return Map.of("weights", "int8", "activations", "dynamic");
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      Int8Format format = Int8Format.of(around.device());
      DynamicOptions options =
          format.weightLevels() < 127 ? DynamicOptions.REDUCED : DynamicOptions.DEFAULT;
      DynamicInt8.Result result = DynamicInt8.apply(model, options, around.progress());
      return StepOutcome.of(model, result.model(), result.weights(), format.label());
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
      return parameters;
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      BlockQuantization.Result result =
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

  /** The fastest form that keeps {@value #USUAL_SQNR_DB} dB, or none. */
  record Auto() implements Quantize {
    @Override
    public Map<String, Object> parameters() {
      return Map.of("weights", "auto");
    }

    @Override
    public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
      return Payoff.of(model, around).best(List.of(parse("int8"), parse("dynamic")), USUAL_SQNR_DB);
    }
  }
}
