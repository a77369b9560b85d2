/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.quantize.phase.Phases;
import dev.sagui.quantize.qdq.StaticInt8;
import dev.sagui.quantize.qdq.StaticOptions;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Static int8 in the format of the device; see {@link StaticInt8}.
 *
 * @param calibration how ranges are chosen; empty for the least error at the outputs
 * @param sqnrDb layers stay float32 until the outputs reach it; empty to keep none
 */
public record Quantize(Optional<RangeMethod> calibration, OptionalDouble sqnrDb) implements Step {
  /** Below this, errors are plain to see or hear. */
  static final double USUAL_SQNR_DB = 25;

  /**
   * The short form of the command line.
   *
   * @throws RejectedException BAD_REQUEST, naming the forms that exist
   */
  public static Quantize parse(String form) {
    if (!form.equals("int8")) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected --quantize int8, got '%s'".formatted(form));
    }
    return new Quantize(Optional.empty(), OptionalDouble.of(USUAL_SQNR_DB));
  }

  @Override
  public String name() {
    return "quantize";
  }

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
  public StepOutcome apply(OnnxModel model, Surroundings around) throws IOException {
    Samples samples = around.calibration();
    Int8Format format = Int8Format.of(around.device());
    Phases.Result phases = Phases.apply(model, around.scratch());
    StaticInt8.Result result =
        StaticInt8.apply(
            phases.model(),
            new StaticOptions(format, calibration, Set.of(), sqnrDb),
            samples,
            around.scratch(),
            around.threads(),
            around.progress());
    return StepOutcome.of(model, phases, result, format);
  }
}
