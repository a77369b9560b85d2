/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which a group's channels go, and the weights of the layers that take them, at widths
 * that are asked for on the way: one nested order, so that every width is a prefix.
 */
final class Ranking {
  private final DependencyGraph dependencies;
  private final ChannelGroup group;
  private final Map<Layer, List<Elimination>> maps = new LinkedHashMap<>();
  private final List<Integer> gone = new ArrayList<>();
  private final List<Integer> left;

  /** One width of a group. */
  record Width(ChannelGroup group, int width, List<Integer> gone, Map<Layer, Weights> weights) {}

  /** Weights and bias of the old widths. */
  @SuppressWarnings("ArrayRecordComponent")
  record Weights(float[] weights, float[] bias) {}

  /**
   * @param grams of the layers that sum over the group
   */
  Ranking(DependencyGraph dependencies, ChannelGroup group, Map<Layer, List<InputGram>> grams) {
    this.dependencies = dependencies;
    this.group = group;
    this.left = new ArrayList<>(group.units());
    grams.forEach(
        (layer, parts) -> {
          List<Elimination> each = new ArrayList<>();
          for (int i = 0; i < parts.size(); i++) {
            each.add(Elimination.of(layer.matrix(i), parts.get(i), layer.hasBias()));
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
    Map<Integer, Map<Layer, List<int[]>>> blocks = new HashMap<>();
    for (int unit : group.units()) {
      blocks.put(unit, blocks(unit));
    }
    List<Width> all = new ArrayList<>();
    for (int width : widths) {
      while (left.size() > width) {
        int next = order.next(left, unit -> cost(blocks.getOrDefault(unit, Map.of())));
        remove(blocks.getOrDefault(next, Map.of()));
        left.remove((Integer) next);
        gone.add(next);
      }
      all.add(new Width(group, width, List.copyOf(gone), weights()));
    }
    return all;
  }

  private Map<Layer, List<int[]>> blocks(int unit) {
    Map<Layer, List<int[]>> blocks = new LinkedHashMap<>();
    for (Layer layer : maps.keySet()) {
      LayerMap map = layer.map();
      Axis axis = dependencies.layout(map.consumer().weight()).get(map.consumer().inputAxis());
      List<Integer> channels = new ArrayList<>();
      for (int i = 0; i < axis.length(); i++) {
        if (!axis.isFixed() && dependencies.atoms().root(axis.atoms()[i]) == unit) {
          channels.add(i);
        }
      }
      blocks.put(
          layer,
          map.parts().stream()
              .map(part -> Elimination.block(channels, part.taps().size()))
              .toList());
    }
    return blocks;
  }

  private double cost(Map<Layer, List<int[]>> blocks) {
    double sum = 0;
    for (Map.Entry<Layer, List<int[]>> entry : blocks.entrySet()) {
      List<Elimination> parts = maps.getOrDefault(entry.getKey(), List.of());
      for (int i = 0; i < parts.size(); i++) {
        sum += parts.get(i).cost(entry.getValue().get(i)) / parts.size();
      }
    }
    return sum;
  }

  private void remove(Map<Layer, List<int[]>> blocks) {
    blocks.forEach(
        (layer, each) -> {
          List<Elimination> parts = maps.getOrDefault(layer, List.of());
          for (int i = 0; i < parts.size(); i++) {
            parts.get(i).remove(each.get(i));
          }
        });
  }

  private Map<Layer, Weights> weights() {
    Map<Layer, Weights> weights = new LinkedHashMap<>();
    maps.forEach((layer, parts) -> weights.put(layer, weights(layer, parts)));
    return weights;
  }

  /** A constant that was lost is added to the bias. */
  private static Weights weights(Layer layer, List<Elimination> parts) {
    float[] values = layer.weights().clone();
    float[] bias = layer.bias().clone();
    for (int i = 0; i < parts.size(); i++) {
      Elimination part = parts.get(i);
      double[] before = part.meanOf(layer.matrix(i));
      double[] after = part.meanOf(part.weights());
      for (int o = 0; o < bias.length; o++) {
        bias[o] += (float) ((before[o] - after[o]) / parts.size());
      }
      Layer.put(layer.map(), part.weights(), i, values);
    }
    return new Weights(values, bias);
  }
}
