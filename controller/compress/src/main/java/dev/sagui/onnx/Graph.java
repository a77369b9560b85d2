/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph under edit: who makes a value and who uses it, kept right while nodes come and go. What
 * no edit touches is written as it was read, and nodes need no order: {@link #build} sorts them.
 *
 * <p>Nodes of nested graphs are no nodes of this graph; the values that they take from it count as
 * uses by the node that holds them. One thread.
 */
public final class Graph {
  private final GraphProto base;
  private final Set<Node> nodes = new LinkedHashSet<>();
  private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
  private final Set<String> inputs = new LinkedHashSet<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final Set<String> names;
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Set<Node>> users = new HashMap<>();

  /** The graph of {@code model}; the model stays as it is. */
  public Graph(OnnxModel model) {
    this(PlainInitializers.of(model.proto()).getGraph());
  }

  Graph(GraphProto base) {
    this.base = base;
    this.names = GraphNames.all(base);
    base.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
    base.getInputList().forEach(input -> inputs.add(input.getName()));
    base.getOutputList().forEach(output -> outputs.add(output.getName()));
    base.getNodeList().forEach(this::add);
  }

  /** The nodes at this moment; edits do not change the list. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The same in an order in which they can run. */
  public List<Node> nodesInOrder() {
    return List.copyOf(sorted());
  }

  /** The node that makes a value; none for inputs and initializers. */
  public Optional<Node> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** The nodes that use a value, themselves or in a nested graph, each once. */
  public List<Node> users(String value) {
    return List.copyOf(users.getOrDefault(value, Set.of()));
  }

  /** The one node that uses a value, if it has one user and is no output of the graph. */
  public Optional<Node> onlyUser(String value) {
    Set<Node> all = users.getOrDefault(value, Set.of());
    return all.size() == 1 && !isOutput(value)
        ? Optional.of(all.iterator().next())
        : Optional.empty();
  }

  public boolean isInput(String value) {
    return inputs.contains(value);
  }

  public boolean isOutput(String value) {
    return outputs.contains(value);
  }

  /** Whether anything uses the value. */
  public boolean isUsed(String value) {
    return isOutput(value) || users.containsKey(value);
  }

  /** The names of the initializers at this moment. */
  public List<String> initializers() {
    return List.copyOf(initializers.keySet());
  }

  /** The tensor of an initializer that no caller can override. */
  public Optional<TensorProto> constant(String value) {
    return isInput(value) ? Optional.empty() : Optional.ofNullable(initializers.get(value));
  }

  /** Adds an initializer, or puts it in place of the one with its name. */
  public void put(TensorProto tensor) {
    initializers.put(tensor.getName(), tensor);
    names.add(tensor.getName());
  }

  /** Adds {@code tensor} under a name like {@code hint} that nothing has yet; the name. */
  public String addConstant(String hint, TensorProto tensor) {
    String name = freshName(hint);
    put(tensor.toBuilder().setName(name).build());
    return name;
  }

  public void removeInitializer(String name) {
    initializers.remove(name);
  }

  /** A name like {@code hint} that no value and no node has; taken from now on. */
  public String freshName(String hint) {
    int count = counts.getOrDefault(hint, 0); // graphs have many names alike
    String name = count == 0 ? hint : hint + "_" + count;
    for (; !names.add(name); name = hint + "_" + count) {
      count++;
    }
    counts.put(hint, count + 1);
    return name;
  }

  public Node add(NodeProto proto) {
    Node node = new Node(proto);
    nodes.add(node);
    link(node);
    return node;
  }

  public void remove(Node node) {
    unlink(node);
    nodes.remove(node);
  }

  /** Gives a node another message. */
  public void set(Node node, NodeProto proto) {
    unlink(node);
    node.replace(proto);
    link(node);
  }

  /**
   * Lets everything that uses {@code from} use {@code to}; outputs of the graph keep their name.
   */
  public void replaceUses(String from, String to) {
    for (Node user : users(from)) {
      set(user, GraphNames.renamed(user.proto(), from, to));
    }
  }

  private void link(Node node) {
    for (String output : node.outputs()) {
      if (!output.isEmpty()) {
        producers.put(output, node);
        names.add(output);
      }
    }
    for (String used : GraphNames.used(node.proto())) {
      users.computeIfAbsent(used, name -> new LinkedHashSet<>()).add(node);
    }
  }

  private void unlink(Node node) {
    node.outputs().forEach(output -> producers.remove(output, node));
    for (String used : GraphNames.used(node.proto())) {
      Set<Node> all = users.getOrDefault(used, new HashSet<>());
      all.remove(node);
      if (all.isEmpty()) {
        users.remove(used);
      }
    }
  }

  /** The graph as it is now, its nodes in an order in which they can run. */
  public GraphProto build() {
    GraphProto.Builder builder = base.toBuilder().clearNode().clearInitializer().clearValueInfo();
    for (Node node : sorted()) {
      builder.addNode(node.proto());
    }
    builder.addAllInitializer(initializers.values());
    for (ValueInfoProto info : base.getValueInfoList()) {
      if (producers.containsKey(info.getName()) || initializers.containsKey(info.getName())) {
        builder.addValueInfo(info);
      }
    }
    return builder.build();
  }

  /** Stable: nodes that stood in a right order keep it. */
  private Collection<Node> sorted() {
    Set<Node> done = new LinkedHashSet<>();
    for (Node root : nodes) {
      List<Node> path = new ArrayList<>(List.of(root));
      Set<Node> open = new HashSet<>();
      while (!path.isEmpty()) {
        Node node = path.get(path.size() - 1);
        List<Node> before = open.add(node) ? unmet(node, done) : List.of();
        if (before.isEmpty()) {
          done.add(node);
          path.remove(path.size() - 1);
        } else {
          path.addAll(before);
        }
      }
    }
    return done;
  }

  /** Those that must come before, the first input's last. */
  private List<Node> unmet(Node node, Set<Node> done) {
    List<Node> unmet = new ArrayList<>();
    for (String used : GraphNames.used(node.proto())) {
      Node producer = producers.get(used);
      if (producer != null && !done.contains(producer)) {
        unmet.add(0, producer);
      }
    }
    return unmet;
  }
}
