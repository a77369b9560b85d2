/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.gram.InputGram;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/** Simple measures of how much a channel matters. */
final class Scores {
  private Scores() {}

  /** What leaving a channel out costs while all others are there. */
  static Order once() {
    Map<Integer, Double> first = new HashMap<>();
    return (left, cost) ->
        Order.BACKWARD.next(left, unit -> first.computeIfAbsent(unit, cost::applyAsDouble));
  }

  /** Variance of what the layers behind take from it. */
  static IntToDoubleFunction variance(
      DependencyGraph dependencies, Map<Layer, List<InputGram>> grams) {
    Map<Integer, Double> sums = new HashMap<>();
    grams.forEach(
        (layer, parts) -> {
          LayerMap map = layer.map();
          Axis axis = dependencies.layout(map.consumer().weight()).get(map.consumer().inputAxis());
          for (InputGram gram : parts) {
            int taps = gram.size() / map.channels();
            for (int i = 0; i < gram.size() && !axis.isFixed(); i++) {
              double variance =
                  gram.second()[i * gram.size() + i] - gram.mean()[i] * gram.mean()[i];
              sums.merge(dependencies.atoms().root(axis.atoms()[i / taps]), variance, Double::sum);
            }
          }
        });
    return unit -> sums.getOrDefault(unit, 0.0);
  }

  /** The p-norm, to the p, of all constants that a channel lies in. */
  static IntToDoubleFunction norm(DependencyGraph dependencies, ChannelGroup group, int p)
      throws IOException {
    Map<Integer, Double> sums = new HashMap<>();
    for (ChannelGroup.Place place : group.places().keySet()) {
      TensorProto tensor = dependencies.graph().constant(place.tensor()).orElseThrow();
      Axis axis = dependencies.layout(place.tensor()).get(place.axis());
      long inner =
          tensor.getDimsList().stream().skip(place.axis() + 1L).reduce(1L, (a, b) -> a * b);
      double[] values = TensorValues.doubles(dependencies.model(), tensor);
      for (int i = 0; i < values.length; i++) {
        int atom = axis.atoms()[(int) (i / inner % axis.length())];
        double size = p == 1 ? Math.abs(values[i]) : values[i] * values[i];
        sums.merge(dependencies.atoms().root(atom), size, Double::sum);
      }
    }
    return unit -> sums.getOrDefault(unit, 0.0);
  }

  /** The mean square of what all weights that a channel lies in do to the outputs together. */
  static Map<Integer, Double> taylor(
      DependencyGraph dependencies, List<ChannelGroup> groups, OnnxModel model, Observed observed)
      throws IOException {
    Set<ChannelGroup.Place> places =
        groups.stream()
            .flatMap(group -> group.places().keySet().stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Set<String> weights =
        places.stream().map(ChannelGroup.Place::tensor).collect(Collectors.toSet());
    Map<Integer, Double> squares = new HashMap<>();
    observed.products(
        model,
        weights::contains,
        products -> {
          Map<Integer, Double> sums = new HashMap<>();
          for (ChannelGroup.Place place : places) {
            FloatBuffer of = products.get(place.tensor());
            if (of != null) {
              add(dependencies, place, of, sums);
            }
          }
          sums.forEach((unit, sum) -> squares.merge(unit, sum * sum, Double::sum));
        });
    return squares;
  }

  private static void add(
      DependencyGraph dependencies,
      ChannelGroup.Place place,
      FloatBuffer values,
      Map<Integer, Double> sums) {
    TensorProto tensor = dependencies.graph().constant(place.tensor()).orElseThrow();
    Axis axis = dependencies.layout(place.tensor()).get(place.axis());
    long inner = tensor.getDimsList().stream().skip(place.axis() + 1L).reduce(1L, (a, b) -> a * b);
    for (int i = 0; i < values.capacity(); i++) {
      int atom = axis.atoms()[(int) (i / inner % axis.length())];
      sums.merge(dependencies.atoms().root(atom), (double) values.get(i), Double::sum);
    }
  }

  /** How far a channel moves with the inputs of the model, by what the layers behind see of it. */
  static IntToDoubleFunction moved(DependencyGraph dependencies, Map<Layer, double[]> moved) {
    Map<Integer, Double> sums = new HashMap<>();
    moved.forEach(
        (layer, channels) -> {
          LayerMap map = layer.map();
          Axis axis = dependencies.layout(map.consumer().weight()).get(map.consumer().inputAxis());
          for (int c = 0; c < channels.length && !axis.isFixed(); c++) {
            sums.merge(dependencies.atoms().root(axis.atoms()[c]), channels[c], Double::sum);
          }
        });
    return unit -> sums.getOrDefault(unit, 0.0);
  }

  /** Absolute scales of batch normalizations; where a group has none, the sum of all weights. */
  static IntToDoubleFunction batchNormScale(DependencyGraph dependencies, ChannelGroup group)
      throws IOException {
    Set<String> scales =
        dependencies.graph().nodes().stream()
            .filter(node -> node.is("BatchNormalization"))
            .map(node -> node.input(1))
            .collect(Collectors.toSet());
    Map<ChannelGroup.Place, Integer> places = new HashMap<>(group.places());
    places.keySet().removeIf(place -> !scales.contains(place.tensor()));
    return norm(
        dependencies, places.isEmpty() ? group : new ChannelGroup(group.units(), places), 1);
  }
}
