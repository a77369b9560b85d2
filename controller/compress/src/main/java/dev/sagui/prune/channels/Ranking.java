/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The order in which a group's channels go, and the weights of the layers that take them, at widths
 * that are asked for on the way: one nested order, so that every width is a prefix.
 */
final class Ranking {
  private final DependencyGraph dependencies;
  private final ChannelGroup group;
  private final Map<Layer, List<Elimination>> maps = new LinkedHashMap<>();
  private final Map<Integer, Integer> index = new HashMap<>();
  private final List<Integer> gone = new ArrayList<>();
  private final List<Integer> left;

  /** One width of a group. */
  record Width(ChannelGroup group, int width, List<Integer> gone, Map<Layer, Weights> weights) {}

  /**
   * A layer's weights without what it took of channels that are gone.
   *
   * @param map of these widths
   * @param inputs the old input channels that it still takes, in order
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Weights(LayerMap map, int[] inputs, float[] weights, float[] bias) {
    /** Of fewer channels yet, all of them old numbers. */
    float[] sliced(int[] in, int[] out) {
      int[] places = IntStream.of(in).map(c -> Arrays.binarySearch(inputs, c)).toArray();
      return map.sliced(weights, places, out);
    }
  }

  private Ranking(DependencyGraph dependencies, ChannelGroup group) {
    this.dependencies = dependencies;
    this.group = group;
    this.left = new ArrayList<>(group.units());
    group.units().forEach(unit -> index.put(unit, index.size()));
  }

  /**
   * @param grams of the layers that sum over the group
   */
  static Ranking of(
      DependencyGraph dependencies, ChannelGroup group, Map<Layer, List<InputGram>> grams) {
    Ranking ranking = new Ranking(dependencies, group);
    ranking.open(grams, Elimination::of);
    return ranking;
  }

  /** When each unit comes when they are taken from none, each time the one that adds most. */
  static Map<Integer, Integer> forward(
      DependencyGraph dependencies, ChannelGroup group, Map<Layer, List<InputGram>> grams) {
    Ranking ranking = new Ranking(dependencies, group);
    ranking.open(grams, Elimination::forward);
    Map<Integer, Integer> turns = new HashMap<>();
    while (!ranking.left.isEmpty()) {
      int next = Order.BACKWARD.next(ranking.left, unit -> -ranking.cost(unit));
      ranking.remove(next);
      ranking.left.remove((Integer) next);
      turns.put(next, turns.size());
    }
    return turns;
  }

  /** Makes what takes inputs out of a map, or in. */
  private interface Opener {
    Elimination of(double[][] weights, InputGram gram, boolean centred, int[][] blocks);
  }

  private void open(Map<Layer, List<InputGram>> grams, Opener opener) {
    grams.forEach(
        (layer, parts) -> {
          List<List<Integer>> channels = channels(layer);
          List<Elimination> each = new ArrayList<>();
          for (int i = 0; i < parts.size(); i++) {
            int taps = layer.map().parts().get(i).taps().size();
            int[][] blocks = channels.stream().map(c -> block(c, taps)).toArray(int[][]::new);
            each.add(opener.of(layer.matrix(i), parts.get(i), layer.hasBias(), blocks));
          }
          maps.put(layer, each);
        });
  }

  /**
   * Takes channels out until so many are left, for each of some widths.
   *
   * @param widths that fall
   */
  List<Width> at(List<Integer> widths, Order order) {
    List<Width> all = new ArrayList<>();
    for (int width : widths) {
      while (left.size() > width) {
        int next = order.next(left, this::cost);
        remove(next);
        left.remove((Integer) next);
        gone.add(next);
      }
      all.add(new Width(group, width, List.copyOf(gone), weights()));
    }
    return all;
  }

  /** For each unit the channels that a layer takes of it. */
  private List<List<Integer>> channels(Layer layer) {
    LayerMap map = layer.map();
    Axis axis = dependencies.layout(map.consumer().weight()).get(map.consumer().inputAxis());
    List<List<Integer>> channels = new ArrayList<>();
    group.units().forEach(unit -> channels.add(new ArrayList<>()));
    for (int i = 0; i < axis.length() && !axis.isFixed(); i++) {
      Integer unit = index.get(dependencies.atoms().root(axis.atoms()[i]));
      if (unit != null) {
        channels.get(unit).add(i);
      }
    }
    return channels;
  }

  private double cost(int unit) {
    int at = index.getOrDefault(unit, 0);
    double sum = 0;
    for (List<Elimination> parts : maps.values()) {
      for (Elimination part : parts) {
        sum += part.cost(at) / parts.size();
      }
    }
    return sum;
  }

  private void remove(int unit) {
    int at = index.getOrDefault(unit, 0);
    maps.values().forEach(parts -> parts.forEach(part -> part.remove(at)));
  }

  private Map<Layer, Weights> weights() {
    Map<Layer, Weights> weights = new LinkedHashMap<>();
    maps.forEach((layer, parts) -> weights.put(layer, weights(layer, parts)));
    return weights;
  }

  /** A constant that was lost is added to the bias. */
  private Weights weights(Layer layer, List<Elimination> parts) {
    LayerMap map = layer.map();
    int[] inputs = inputs(layer);
    if (inputs.length == map.channels()) {
      return new Weights(map, inputs, layer.weights(), layer.bias());
    }
    float[] values = layer.weights().clone();
    float[] bias = layer.bias().clone();
    for (int i = 0; i < parts.size(); i++) {
      Elimination part = parts.get(i);
      double[] before = part.meanOf(layer.matrix(i));
      double[] after = part.meanOf(part.weights());
      for (int o = 0; o < bias.length; o++) {
        bias[o] += (float) ((before[o] - after[o]) / parts.size());
      }
      Layer.put(map, part.weights(), i, values);
    }
    int[] outputs = IntStream.range(0, map.outputs()).toArray();
    LayerMap narrow = map.resized(inputs.length, map.outputs());
    return new Weights(narrow, inputs, map.sliced(values, inputs, outputs), bias);
  }

  /** The input channels that a layer takes yet. */
  private int[] inputs(Layer layer) {
    List<List<Integer>> channels = channels(layer);
    Set<Integer> lost = new HashSet<>();
    gone.forEach(unit -> lost.addAll(channels.get(index.getOrDefault(unit, 0))));
    return IntStream.range(0, layer.map().channels()).filter(c -> !lost.contains(c)).toArray();
  }

  /** The indices of channels' inputs in the order [channel, tap]. */
  private static int[] block(List<Integer> channels, int taps) {
    return channels.stream().flatMapToInt(c -> IntStream.range(c * taps, (c + 1) * taps)).toArray();
  }
}
