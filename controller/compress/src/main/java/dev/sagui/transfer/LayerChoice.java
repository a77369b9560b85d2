/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Trainables;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Some of a net's layers, as recipes write it: {@code 2} for the last two that have weights, or
 * names of weights, {@code [up*, paint]}, where a star stands for anything.
 *
 * @param last how many; empty to go by name
 * @param names patterns; empty with no number for all layers
 */
record LayerChoice(OptionalLong last, List<String> names) {
  static final LayerChoice ALL = new LayerChoice(OptionalLong.empty(), List.of());
  private static final String KEY = "layers";
  private static final int SHOWN = 8;

  LayerChoice {
    names = List.copyOf(names);
  }

  static LayerChoice parse(Keys keys) {
    Object written = keys.map().get(KEY);
    if (written == null) {
      return ALL;
    }
    if (written instanceof Number) {
      return new LayerChoice(OptionalLong.of(keys.whole(KEY, 1, 1)), List.of());
    }
    Collection<?> names = written instanceof Collection<?> list ? list : List.of(written);
    if (names.isEmpty()) {
      throw keys.wrong(KEY, "a number of layers or names of weights", written);
    }
    return new LayerChoice(OptionalLong.empty(), names.stream().map(Object::toString).toList());
  }

  boolean isAll() {
    return last.isEmpty() && names.isEmpty();
  }

  /** As recipes write it; none for all layers. */
  void write(Map<String, Object> json) {
    if (!isAll()) {
      json.put(KEY, last.isPresent() ? (Object) last.getAsLong() : names);
    }
  }

  /**
   * The names of the weights.
   *
   * @throws RejectedException BAD_REQUEST when the model has no such layer
   */
  Set<String> weights(OnnxModel model) {
    if (last.isPresent()) {
      List<Set<String>> layers = layers(model);
      int from = (int) Math.max(0, layers.size() - last.getAsLong());
      return layers.subList(from, layers.size()).stream()
          .flatMap(Set::stream)
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }
    Set<String> all = Trainables.of(model, name -> true).keySet();
    if (names.isEmpty()) {
      return all;
    }
    Set<String> chosen = new LinkedHashSet<>();
    for (String pattern : names) {
      Pattern glob = glob(pattern);
      List<String> found = all.stream().filter(name -> glob.matcher(name).matches()).toList();
      if (found.isEmpty()) {
        throw new RejectedException(
            FailureCode.BAD_REQUEST,
            "no weight of %s is named '%s'; there are %s%s"
                .formatted(
                    model.file(),
                    pattern,
                    all.stream().limit(SHOWN).toList(),
                    all.size() > SHOWN ? " and %d more".formatted(all.size() - SHOWN) : ""));
      }
      chosen.addAll(found);
    }
    return chosen;
  }

  private static Pattern glob(String pattern) {
    String[] parts = pattern.split("\\*", -1);
    return Pattern.compile(
        java.util.Arrays.stream(parts).map(Pattern::quote).collect(Collectors.joining(".*")));
  }

  /** A matrix or kernel begins a layer; biases and scales behind it belong to it. */
  private static List<Set<String>> layers(OnnxModel model) {
    Map<String, List<Long>> weights = Trainables.of(model, name -> true);
    List<Set<String>> layers = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (Node node : new Graph(model).nodesInOrder()) {
      List<String> own =
          node.inputs().stream().filter(weights::containsKey).filter(seen::add).toList();
      boolean begins = own.stream().anyMatch(name -> rank(weights, name) > 1);
      if (begins || (layers.isEmpty() && !own.isEmpty())) {
        layers.add(new LinkedHashSet<>());
      }
      if (!own.isEmpty()) {
        layers.get(layers.size() - 1).addAll(own);
      }
    }
    return layers;
  }

  private static int rank(Map<String, List<Long>> weights, String name) {
    return weights.getOrDefault(name, List.of()).size();
  }
}
