/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.KnownNames;
import dev.sagui.quantize.block.BlockMethod;
import dev.sagui.quantize.block.BlockOptions;
import dev.sagui.quantize.calibrate.RangeMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Reads a step that computes in fewer bits. */
final class QuantizeKeys {
  private static final List<String> CHOICE = List.of("weights", "sqnr", "mel", "force");
  private static final List<String> BLOCKS =
      List.of("weights", "method", "block", "symmetric", "force");
  private static final List<String> DYNAMIC =
      List.of("weights", "activations", "smoothing", "force");
  private static final List<String> STATIC =
      List.of("weights", "activations", "calibration", "sqnr", "mel", "correct", "force");
  private static final List<String> ALL =
      Stream.of(STATIC, DYNAMIC, BLOCKS).flatMap(List::stream).distinct().toList();

  /** Of biases and of rounding are tried in any case, and kept where outputs gain. */
  private static final List<String> CORRECTIONS = List.of("equalize", "bias", "adaround");

  private QuantizeKeys() {}

  static Step parse(Map<?, ?> parameters) {
    parameters.keySet().forEach(key -> KnownNames.require(key, ALL, "parameter of quantize"));
    Quantize form = form(parameters);
    return flag(parameters, "force") ? new OnlyFloat(form) : form;
  }

  private static boolean flag(Map<?, ?> parameters, String key) {
    return RecipeFile.text(parameters, key, "false", List.of("true", "false")).equals("true");
  }

  private static Quantize form(Map<?, ?> parameters) {
    String weights =
        RecipeFile.text(
            parameters, "weights", "int8", List.of("auto", "int8", "int4", "int2", "fp16"));
    if (weights.equals("auto") || weights.equals("fp16")) {
      only(parameters, CHOICE, "weights of " + weights);
      return Quantize.parse(weights, RecipeFile.tolerance(parameters, Quantize.USUAL_SQNR_DB));
    }
    if (!weights.equals("int8") || parameters.containsKey("method")) {
      only(parameters, BLOCKS, "blocks");
      return blocks(Integer.parseInt(weights.substring(3)), parameters);
    }
    String activations =
        RecipeFile.text(parameters, "activations", "int8", List.of("int8", "dynamic"));
    if (activations.equals("dynamic")) {
      only(parameters, DYNAMIC, "dynamic activations");
      return new Quantize.Dynamic(
          parameters.containsKey("smoothing")
              ? OptionalDouble.of(RecipeFile.number(parameters, "smoothing", 0))
              : OptionalDouble.empty());
    }
    only(parameters, STATIC, "static int8");
    return statically(parameters);
  }

  /** What a form does not look at is an error, not a wish that nobody hears. */
  private static void only(Map<?, ?> parameters, List<String> legal, String form) {
    for (Object key : parameters.keySet()) {
      if (!legal.contains(key.toString())) {
        throw RecipeFile.bad("quantize: %s takes %s, found '%s'".formatted(form, legal, key));
      }
    }
  }

  private static Quantize statically(Map<?, ?> parameters) {
    String calibration = RecipeFile.text(parameters, "calibration", "auto", List.of());
    return new Quantize.Static(
        calibration.equals("auto") ? Optional.empty() : Optional.of(RangeMethod.parse(calibration)),
        Optional.of(RecipeFile.tolerance(parameters, Quantize.USUAL_SQNR_DB)),
        corrections(parameters).contains("equalize"));
  }

  private static List<?> corrections(Map<?, ?> parameters) {
    Object value = parameters.get("correct");
    if (value != null && !(value instanceof List<?>)) {
      throw RecipeFile.bad("expected a list under 'correct', got '%s'".formatted(value));
    }
    List<?> corrections = value == null ? List.of() : (List<?>) value;
    corrections.forEach(each -> KnownNames.require(each, CORRECTIONS, "correction"));
    return corrections;
  }

  private static Quantize blocks(int bits, Map<?, ?> parameters) {
    BlockOptions usual = BlockOptions.DEFAULT;
    String method = RecipeFile.text(parameters, "method", usual.method().label(), List.of());
    int block = (int) RecipeFile.number(parameters, "block", usual.block());
    if (block < 16 || block > 256 || Integer.bitCount(block) != 1) {
      throw RecipeFile.bad("expected a block of 16, 32, 64, 128 or 256, got " + block);
    }
    return new Quantize.Blocks(
        new BlockOptions(
            bits,
            block,
            flag(parameters, "symmetric"),
            usual.accuracyLevel(),
            BlockMethod.parse(method),
            usual.embeddings(),
            Math.max(4, bits)));
  }
}
