/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.KnownNames;
import dev.sagui.failure.RejectedException;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.block.BlockMethod;
import dev.sagui.quantize.block.BlockOptions;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.run.DataSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads recipes from YAML, of which JSON is a part; an unknown key is an error. */
public final class RecipeFile {
  private static final List<String> KEYS = List.of("seed", "data", "steps", "gates");

  private static final List<String> QUANTIZE_KEYS =
      List.of(
          "weights",
          "activations",
          "calibration",
          "sqnr",
          "mel",
          "correct",
          "smoothing",
          "method",
          "block",
          "force");

  private static final List<String> STORE_KEYS = List.of("weights", "sqnr", "mel", "entropy");

  /** Of biases and of rounding are tried in any case, and kept where outputs gain. */
  private static final List<String> CORRECTIONS = List.of("equalize", "bias", "adaround");

  /** The steps that exist. */
  public static final List<String> STEPS =
      List.of("fold", "prune", "experts", "skip", "distill", "finetune", "quantize", "store");

  private RecipeFile() {}

  /**
   * @throws RejectedException BAD_REQUEST, saying where and what is understood there
   */
  public static Recipe parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    try {
      Map<?, ?> root = map(new Yaml(new SafeConstructor(options)).load(text), "the recipe");
      root.keySet().forEach(key -> KnownNames.require(key, KEYS, "key of a recipe"));
      return new Recipe(
          seed(root.get("seed")),
          data(root.get("data")),
          steps(root.get("steps")),
          gates(root.get("gates")));
    } catch (YAMLException e) {
      throw bad("not YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static long seed(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw bad("expected a whole number under 'seed', got '%s'".formatted(value));
  }

  private static Map<String, DataSpec> data(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof String text) {
      return Map.of("", DataSpec.parse(text));
    }
    Map<String, DataSpec> specs = new LinkedHashMap<>();
    map(value, "data")
        .forEach((name, spec) -> specs.put(name.toString(), DataSpec.parse(spec.toString())));
    return specs;
  }

  private static List<Step> steps(@org.jspecify.annotations.Nullable Object value) {
    if (!(value instanceof List<?> items) || items.isEmpty()) {
      throw bad("expected a list of steps under 'steps'; steps are " + STEPS);
    }
    List<Step> steps = new ArrayList<>();
    for (Object item : items) {
      Map<?, ?> step = item instanceof String name ? Map.of(name, Map.of()) : map(item, "a step");
      step.forEach((name, parameters) -> steps.add(step(name, map(parameters, name.toString()))));
    }
    return steps;
  }

  private static Step step(Object name, Map<?, ?> parameters) {
    KnownNames.require(name, STEPS, "step of a recipe");
    if (name.equals("fold")) {
      if (!parameters.isEmpty()) {
        throw bad("fold takes no parameters, found " + parameters.keySet());
      }
      return new Step.Fold();
    }
    if (name.equals("prune")) {
      return PruneKeys.parse(parameters);
    }
    if (name.equals("experts")) {
      return Experts.parse(parameters);
    }
    if (name.equals("skip")) {
      return Skip.parse(parameters);
    }
    if (name.equals(Distill.DISTILL) || name.equals(Distill.FINETUNE)) {
      return Distill.parse(name.toString(), parameters);
    }
    if (name.equals("quantize")) {
      return quantize(parameters);
    }
    parameters.keySet().forEach(key -> KnownNames.require(key, STORE_KEYS, "parameter of store"));
    text(parameters, "entropy", "auto", List.of("auto")); // chunks are coded where that pays
    Step step =
        Step.store(
            text(parameters, "weights", "", List.of()),
            tolerance(parameters, Step.StoreMixed.USUAL_SQNR_DB));
    boolean bar = parameters.containsKey("sqnr") || parameters.containsKey("mel");
    if (bar && !(step instanceof Step.StoreMixed)) {
      throw bad(
          "store takes sqnr and mel with weights of auto alone, which choose formats by them");
    }
    return step;
  }

  private static Step quantize(Map<?, ?> parameters) {
    parameters
        .keySet()
        .forEach(key -> KnownNames.require(key, QUANTIZE_KEYS, "parameter of quantize"));
    Quantize form = form(parameters);
    return text(parameters, "force", "false", List.of("true", "false")).equals("true")
        ? new OnlyFloat(form)
        : form;
  }

  private static Quantize form(Map<?, ?> parameters) {
    String weights =
        text(parameters, "weights", "int8", List.of("auto", "int8", "int4", "int2", "fp16"));
    if (weights.equals("auto") || weights.equals("fp16")) {
      return Quantize.parse(weights, tolerance(parameters, Quantize.USUAL_SQNR_DB));
    }
    boolean blocks = !weights.equals("int8") || parameters.containsKey("method");
    if (blocks) {
      return blocks(Integer.parseInt(weights.substring(3)), parameters);
    }
    if (text(parameters, "activations", "int8", List.of("int8", "dynamic")).equals("dynamic")) {
      return new Quantize.Dynamic(
          parameters.containsKey("smoothing")
              ? OptionalDouble.of(number(parameters, "smoothing", 0))
              : OptionalDouble.empty());
    }
    String calibration = String.valueOf(parameters.get("calibration"));
    return new Quantize.Static(
        List.of("null", "auto").contains(calibration)
            ? Optional.empty()
            : Optional.of(RangeMethod.parse(calibration)),
        Optional.of(tolerance(parameters, Quantize.USUAL_SQNR_DB)),
        corrections(parameters).contains("equalize"));
  }

  private static Tolerance tolerance(Map<?, ?> parameters, double usualSqnrDb) {
    return new Tolerance(
        number(parameters, "sqnr", usualSqnrDb), number(parameters, "mel", Tolerance.USUAL_MEL));
  }

  private static List<?> corrections(Map<?, ?> parameters) {
    Object value = parameters.get("correct");
    if (value != null && !(value instanceof List<?>)) {
      throw bad("expected a list under 'correct', got '%s'".formatted(value));
    }
    List<?> corrections = value == null ? List.of() : (List<?>) value;
    corrections.forEach(each -> KnownNames.require(each, CORRECTIONS, "correction"));
    return corrections;
  }

  private static Quantize blocks(int bits, Map<?, ?> parameters) {
    BlockOptions usual = BlockOptions.DEFAULT;
    String method = text(parameters, "method", usual.method().label(), List.of());
    int block = (int) number(parameters, "block", usual.block());
    if (block < 16 || block > 256 || Integer.bitCount(block) != 1) {
      throw bad("expected a block of 16, 32, 64, 128 or 256, got " + block);
    }
    return new Quantize.Blocks(
        new BlockOptions(
            bits,
            block,
            usual.symmetric(),
            usual.accuracyLevel(),
            BlockMethod.parse(method),
            usual.embeddings(),
            Math.max(4, bits)));
  }

  /**
   * @param legal empty when another judges
   */
  static String text(Map<?, ?> parameters, String key, String otherwise, List<String> legal) {
    Object value = parameters.get(key);
    String text = value == null ? otherwise : value.toString();
    if (!legal.isEmpty() && !legal.contains(text)) {
      throw bad("expected %s of %s, got '%s'".formatted(key, legal, text));
    }
    return text;
  }

  static double number(Map<?, ?> parameters, String key, double otherwise) {
    Object value = parameters.get(key);
    if (value == null || value instanceof Number) {
      return value == null ? otherwise : ((Number) value).doubleValue();
    }
    throw bad("expected a number under '%s', got '%s'".formatted(key, value));
  }

  private static List<Gate> gates(@org.jspecify.annotations.Nullable Object value) {
    List<Gate> gates = new ArrayList<>();
    if (value != null) {
      map(value, "gates")
          .forEach((name, limit) -> gates.add(Quantity.gate(name.toString(), limit.toString())));
    }
    return gates;
  }

  private static Map<?, ?> map(@org.jspecify.annotations.Nullable Object value, String where) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw bad("expected keys and values in %s, got '%s'".formatted(where, value));
  }

  static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, "recipe: " + what);
  }
}
