/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which nodes of a graph compute in integers and which values are integers between them, given the
 * layers that shall. Values that are only moved share a scale: they are a <em>group</em>, named by
 * one of them.
 */
final class Placement {
  private final Graph graph;
  private final Map<Node, Role> roles = new LinkedHashMap<>();
  private final Map<String, String> parents = new HashMap<>();
  private final Set<Node> integer = new LinkedHashSet<>();
  private final Set<String> groups = new LinkedHashSet<>();

  private Placement(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      Role role = Role.of(graph, node);
      roles.put(node, role);
      if (role.keepsScale()) {
        node.outputs().forEach(output -> parents.put(root(output), root(node.input(0))));
      }
    }
  }

  /** The layers that could compute in integers. */
  static List<Node> layers(Graph graph) {
    return graph.nodes().stream().filter(node -> Role.of(graph, node) == Role.LAYER).toList();
  }

  static Placement of(Graph graph, Collection<Node> layers) {
    Placement placement = new Placement(graph);
    placement.place(layers);
    return placement;
  }

  Graph graph() {
    return graph;
  }

  /** The group of a value. */
  String root(String value) {
    String at = value;
    for (String up = parents.get(at); up != null && !up.equals(at); up = parents.get(at)) {
      at = up;
    }
    return at;
  }

  private boolean isInteger(String value) {
    return groups.contains(root(value));
  }

  private void place(Collection<Node> layers) {
    for (Node layer : layers) {
      integer.add(layer);
      groups.add(root(layer.input(0)));
      if (layer.is("Conv")) { // products may end in float32, convolutions may not
        groups.add(root(layer.output(0)));
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Node node : roles.keySet()) {
        more |= !integer.contains(node) && joins(node);
      }
    }
  }

  /** Takes a node in where it keeps a chain of integers unbroken. */
  private boolean joins(Node node) {
    Role role = roles.getOrDefault(node, Role.FLOAT);
    boolean fits =
        switch (role) {
          case JOIN ->
              isInteger(node.output(0)) && node.inputs().stream().anyMatch(this::isInteger);
          case MAP -> isInteger(node.input(0)) && isInteger(node.output(0));
          case MOVE, CLAMP -> isInteger(node.input(0));
          case LAYER, FLOAT -> false;
        };
    if (fits) {
      integer.add(node);
      role.activations(node).forEach(input -> groups.add(root(input)));
    }
    return fits;
  }

  boolean isInteger(Node node) {
    return integer.contains(node);
  }

  Role role(Node node) {
    return roles.getOrDefault(node, Role.FLOAT);
  }

  /** The layers that compute in integers. */
  List<Node> integerLayers() {
    return integer.stream().filter(node -> role(node) == Role.LAYER).toList();
  }

  /** All groups of integers, each with its values. */
  Map<String, List<String>> values() {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String group : groups) {
      values.computeIfAbsent(group, g -> new ArrayList<>()).add(group);
    }
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        List<String> group = values.get(root(output));
        if (group != null && !output.isEmpty() && !group.contains(output)) {
          group.add(output);
        }
      }
    }
    return values;
  }

  /** The value of a group that has all its elements: behind a clamp where there is one. */
  String telling(List<String> group) {
    return group.stream()
        .filter(value -> graph.producer(value).filter(node -> role(node) == Role.CLAMP).isPresent())
        .findFirst()
        .orElse(root(group.get(0)));
  }
}
