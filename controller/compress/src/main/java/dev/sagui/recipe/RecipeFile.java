/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.KnownNames;
import dev.sagui.failure.RejectedException;
import dev.sagui.quality.Tolerance;
import dev.sagui.run.DataSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads recipes from YAML, of which JSON is a part; an unknown key is an error. */
public final class RecipeFile {
  private static final List<String> KEYS = List.of("seed", "data", "steps", "gates");

  private static final List<String> STORE_KEYS =
      List.of("weights", "sqnr", "mel", "bytes", "entropy");

  /** The steps that exist. */
  public static final List<String> STEPS =
      List.of(
          "fold", "prune", "experts", "skip", "distill", "finetune", "quantize", "store", "strip");

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
      step.forEach(
          (name, given) -> {
            KnownNames.require(name, STEPS, "step of a recipe");
            steps.add(step(name, parameters(name.toString(), given)));
          });
    }
    return steps;
  }

  private static Map<?, ?> parameters(
      String step, @org.jspecify.annotations.Nullable Object value) {
    if (value == null || value instanceof Map<?, ?>) {
      return value == null ? Map.of() : (Map<?, ?>) value;
    }
    throw bad(
        "expected keys and values under '%s', got '%s'; write %s"
            .formatted(step, value, example(step, value)));
  }

  /** A step as it is written, with the value where that suits. */
  private static String example(String step, Object value) {
    return switch (step) {
      case "quantize", "store" -> {
        boolean format = value.toString().matches("auto|fp16|int\\d");
        yield "%s: {weights: %s}".formatted(step, format ? value : "int8");
      }
      case "prune" -> {
        boolean share = value instanceof Double number && number > 0 && number < 1;
        yield "prune: {structured: %s}".formatted(share ? value : 0.4);
      }
      case Distill.DISTILL -> "distill: {student: {width: 0.5}, minutes: 10}";
      case Distill.FINETUNE -> "finetune: {minutes: 10}";
      case "experts" -> "experts: {active: 2}";
      case "skip" -> "skip: {active: 0.4}";
      default -> step;
    };
  }

  private static Step step(Object name, Map<?, ?> parameters) {
    if (name.equals("fold") || name.equals("strip")) {
      if (!parameters.isEmpty()) {
        throw bad("%s takes no parameters, found %s".formatted(name, parameters.keySet()));
      }
      return name.equals("fold") ? new Step.Fold() : new Step.Strip();
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
      return QuantizeKeys.parse(parameters);
    }
    parameters.keySet().forEach(key -> KnownNames.require(key, STORE_KEYS, "parameter of store"));
    text(parameters, "entropy", "auto", List.of("auto")); // chunks are coded where that pays
    return store(parameters);
  }

  private static Step store(Map<?, ?> parameters) {
    Step step =
        Step.store(
            text(parameters, "weights", "", List.of()),
            tolerance(parameters, Step.StoreMixed.USUAL_SQNR_DB));
    boolean bar = parameters.containsKey("sqnr") || parameters.containsKey("mel");
    Object bytes = parameters.get("bytes");
    if (!(step instanceof Step.StoreMixed mixed)) {
      if (bar || bytes != null) {
        throw bad(
            "store takes sqnr, mel and bytes with weights of auto alone, which choose formats by"
                + " them");
      }
      return step;
    }
    if (bytes == null) {
      return step;
    }
    if (bar) {
      throw bad("store takes either bytes or what the outputs keep, sqnr and mel, found both");
    }
    long most = Quantity.bytes("bytes", bytes.toString());
    return new Step.StoreMixed(mixed.tolerance(), OptionalLong.of(most));
  }

  static Tolerance tolerance(Map<?, ?> parameters, double usualSqnrDb) {
    return new Tolerance(
        number(parameters, "sqnr", usualSqnrDb), number(parameters, "mel", Tolerance.USUAL_MEL));
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
