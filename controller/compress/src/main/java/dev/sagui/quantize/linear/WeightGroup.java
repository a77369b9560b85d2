/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One constant float32 matrix with everything that uses it.
 *
 * @param layers the products
 * @param gathers the look-ups of its rows
 * @param obstacle why it must stay as it is; empty if nothing forbids to replace all its uses
 */
public record WeightGroup(
    TensorProto weight, List<LinearLayer> layers, List<Node> gathers, String obstacle) {
  /** Smaller matrices cost more in nodes than they save. */
  public static final int MIN_ELEMENTS = 1024;

  public WeightGroup {
    layers = List.copyOf(layers);
    gathers = List.copyOf(gathers);
  }

  /** The matrices of a graph that products or look-ups use, in the order of its initializers. */
  public static List<WeightGroup> all(Graph graph) {
    List<WeightGroup> groups = new ArrayList<>();
    for (String name : graph.initializers()) {
      graph.constant(name).flatMap(weight -> of(graph, weight)).ifPresent(groups::add);
    }
    return groups;
  }

  /**
   * Matrices by the activation that they take, as far as it can be scaled: no look-up and no layer
   * that must stay takes it too.
   */
  public static Map<String, List<WeightGroup>> byActivation(List<WeightGroup> groups) {
    Map<String, List<WeightGroup>> users = new LinkedHashMap<>();
    Set<String> refused = new LinkedHashSet<>();
    for (WeightGroup group : groups) {
      Set<String> activations = group.activations();
      if (activations.size() != 1 || !group.gathers.isEmpty() || !group.obstacle.isEmpty()) {
        refused.addAll(activations);
        continue;
      }
      users.computeIfAbsent(activations.iterator().next(), x -> new ArrayList<>()).add(group);
    }
    users.keySet().removeAll(refused);
    return users;
  }

  private Set<String> activations() {
    Set<String> all = new LinkedHashSet<>();
    layers.forEach(layer -> all.add(layer.node().input(0)));
    return all;
  }

  /** Its values, row by row. */
  public MatrixRows rows(OnnxModel model) {
    return new MatrixRows(model.payload(weight), (int) weight.getDims(1));
  }

  private static Optional<WeightGroup> of(Graph graph, TensorProto weight) {
    if (weight.getDataType() != ElementType.FLOAT.number()
        || weight.getDimsCount() != 2
        || weight.getDims(0) * weight.getDims(1) < MIN_ELEMENTS) {
      return Optional.empty();
    }
    List<LinearLayer> layers = new ArrayList<>();
    List<Node> gathers = new ArrayList<>();
    List<Node> others = new ArrayList<>();
    for (Node user : users(graph, weight.getName())) {
      Optional<LinearLayer> layer = find(graph, user, weight);
      if (layer.isPresent()) {
        layers.add(layer.get());
      } else if (isRowLookUp(user, weight.getName())) {
        gathers.add(user);
      } else {
        others.add(user);
      }
    }
    if (layers.isEmpty() && gathers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new WeightGroup(weight, layers, gathers, obstacle(graph, weight, layers, others)));
  }

  /** The nodes that use a matrix, behind a Transpose too. */
  private static List<Node> users(Graph graph, String name) {
    List<Node> all = new ArrayList<>();
    for (Node user : graph.users(name)) {
      if (user.is("Transpose") && !graph.isOutput(user.output(0))) {
        all.addAll(graph.users(user.output(0)));
      } else {
        all.add(user);
      }
    }
    return all;
  }

  private static Optional<LinearLayer> find(Graph graph, Node user, TensorProto weight) {
    String name = weight.getName();
    return LinearLayer.find(graph, user)
        .filter(layer -> layer.weight().getName().equals(name))
        .filter(layer -> !user.input(0).equals(name) && !user.input(2).equals(name));
  }

  private static boolean isRowLookUp(Node node, String name) {
    return node.is("Gather")
        && node.input(0).equals(name)
        && !node.input(1).equals(name)
        && node.integer("axis", 0) == 0;
  }

  private static String obstacle(
      Graph graph, TensorProto weight, List<LinearLayer> layers, List<Node> others) {
    if (graph.isOutput(weight.getName())) {
      return "it is an output of the model";
    }
    if (!others.isEmpty()) {
      return "%s uses it too".formatted(others.get(0));
    }
    return layers.stream()
        .map(LinearLayer::obstacle)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse("");
  }

  public long bytes() {
    return weight.getDims(0) * weight.getDims(1) * Float.BYTES;
  }

  /** Whether all uses take a row as what belongs together: look-ups, and products with [N, K]. */
  public boolean byRow() {
    return layers.stream().allMatch(LinearLayer::transposed);
  }

  /** Whether both kinds of products use it. */
  public boolean isMixed() {
    boolean plain = layers.stream().anyMatch(layer -> !layer.transposed());
    return plain && (!gathers.isEmpty() || layers.stream().anyMatch(LinearLayer::transposed));
  }
}
