/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.KnownNames;
import dev.sagui.prune.channels.ChannelOptions;
import dev.sagui.prune.channels.Selection;
import dev.sagui.prune.weights.Criterion;
import dev.sagui.prune.weights.Pattern;
import dev.sagui.prune.weights.Repair;
import dev.sagui.prune.weights.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads a step that zeroes weights. */
final class PruneKeys {
  private static final List<String> KEYS =
      List.of("unstructured", "select", "scope", "pattern", "repair", "rounds", "except");

  private static final int MOST_ROUNDS = 100;

  private static final List<String> CHANNEL_KEYS =
      List.of("structured", "latency", "select", "align", "repair", "widths");

  private PruneKeys() {}

  /**
   * Whole blocks where a depth is asked for, factors where a rank is, channels where a share of the
   * work, a time or widths are, else weights.
   */
  static Step parse(Map<?, ?> parameters) {
    if (parameters.containsKey("depth")) {
      return new PruneDepth(alone(parameters, "depth"));
    }
    if (parameters.containsKey("rank")) {
      return new PruneRank(alone(parameters, "rank"));
    }
    boolean channels =
        List.of("structured", "latency", "widths").stream().anyMatch(parameters::containsKey);
    return channels ? channels(parameters) : sparsify(parameters);
  }

  private static double alone(Map<?, ?> parameters, String key) {
    if (parameters.size() > 1) {
      throw RecipeFile.bad("prune takes %s alone, found %s".formatted(key, parameters.keySet()));
    }
    return RecipeFile.number(parameters, key, 0);
  }

  private static PruneChannels channels(Map<?, ?> parameters) {
    parameters.keySet().forEach(key -> KnownNames.require(key, CHANNEL_KEYS, "parameter of prune"));
    double share = RecipeFile.number(parameters, "structured", 0);
    PruneChannels.share(share);
    double latency = RecipeFile.number(parameters, "latency", 1);
    if (!(latency > 0 && latency <= 1)) {
      throw RecipeFile.bad("expected a latency above 0 and up to 1, got " + latency);
    }
    String repair =
        RecipeFile.text(parameters, "repair", "least-squares", List.of("least-squares", "none"));
    String align = RecipeFile.text(parameters, "align", "auto", List.of("auto", "none"));
    return new PruneChannels(
        new ChannelOptions(
            share,
            parameters.containsKey("latency") ? OptionalDouble.of(latency) : OptionalDouble.empty(),
            Selection.parse(
                RecipeFile.text(parameters, "select", Selection.BACKWARD.label(), List.of())),
            repair.equals("least-squares"),
            ChannelOptions.USUAL_BLOCK,
            widths(parameters)),
        align.equals("auto"));
  }

  private static List<Integer> widths(Map<?, ?> parameters) {
    List<Integer> widths = new ArrayList<>();
    if (parameters.get("widths") instanceof List<?> given) {
      for (Object width : given) {
        if (!(width instanceof Integer whole)) {
          throw RecipeFile.bad("expected whole numbers under 'widths', got '%s'".formatted(width));
        }
        widths.add(whole);
      }
    } else if (parameters.get("widths") != null) {
      throw RecipeFile.bad("expected a list under 'widths'");
    }
    return widths;
  }

  private static Sparsify sparsify(Map<?, ?> parameters) {
    if (parameters.containsKey("threshold")) {
      if (parameters.size() > 1) {
        throw RecipeFile.bad("prune takes threshold alone, found " + parameters.keySet());
      }
      return new Sparsify.Threshold(RecipeFile.number(parameters, "threshold", 0));
    }
    parameters.keySet().forEach(key -> KnownNames.require(key, KEYS, "parameter of prune"));
    Pattern pattern = find(parameters, "pattern").map(Pattern::parse).orElse(Pattern.UNSTRUCTURED);
    double rounds = RecipeFile.number(parameters, "rounds", 1);
    if (rounds < 1 || rounds > MOST_ROUNDS || rounds != Math.rint(rounds)) {
      throw RecipeFile.bad("expected 1 to %d rounds, got %s".formatted(MOST_ROUNDS, rounds));
    }
    return new Sparsify.Share(
        ratio(parameters, pattern),
        find(parameters, "select").map(Criterion::parse),
        find(parameters, "scope").map(Scope::parse),
        pattern,
        find(parameters, "repair").map(Repair::parse),
        parameters.containsKey("rounds") ? OptionalInt.of((int) rounds) : OptionalInt.empty(),
        except(parameters));
  }

  private static double ratio(Map<?, ?> parameters, Pattern pattern) {
    OptionalDouble own = pattern.ratio();
    if (own.isEmpty() && !parameters.containsKey("unstructured")) {
      throw RecipeFile.bad(
          "say what prune is to remove: structured: 0.4 (channels), depth: 0.25 (blocks), rank: 0.3"
              + " (by low rank), unstructured: 0.8, threshold: 0.01 or pattern: \"2:4\" (weights)");
    }
    double given = RecipeFile.number(parameters, "unstructured", own.orElse(0));
    if (own.isPresent() && given != own.getAsDouble() && given != 0) {
      throw RecipeFile.bad(
          "the pattern %s zeroes a share of %s, unstructured says %s; leave one of them out"
              .formatted(pattern.label(), own.getAsDouble(), given));
    }
    return given;
  }

  private static List<String> except(Map<?, ?> parameters) {
    Object value = parameters.get("except");
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> names) {
      return names.stream().map(String::valueOf).toList();
    }
    throw RecipeFile.bad("expected a list of weights under 'except', got '%s'".formatted(value));
  }

  private static Optional<String> find(Map<?, ?> parameters, String key) {
    return Optional.ofNullable(parameters.get(key)).map(Object::toString);
  }
}
