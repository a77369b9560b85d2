/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.gradient.Emitter;
import dev.sagui.train.gradient.FrozenBranches;
import dev.sagui.train.gradient.Gradients;
import dev.sagui.train.loss.Adversarial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A net of fixed shapes whose parameters are inputs, on the way to a graph that gives a loss and
 * its gradient.
 */
public final class GraphInMaking {
  private final OnnxModel net;
  private final Parameters parameters;
  private final List<Tensor> frozen;
  private final Graph graph;
  private final Emitter emit;
  private final Map<String, Feed> feeds = new LinkedHashMap<>();
  private KnownShapes shapes;

  private GraphInMaking(
      OnnxModel net, List<Feed> inputs, Parameters parameters, List<Tensor> frozen)
      throws IOException {
    this.net = net;
    this.parameters = parameters;
    this.frozen = frozen;
    this.graph = new Graph(net);
    this.emit = new Emitter(graph);
    inputs.forEach(feed -> feeds.put(feed.name(), feed));
    this.shapes = KnownShapes.of(net, zeros());
    graph.nodesInOrder().stream().filter(node -> node.is("Shape")).forEach(this::fold);
  }

  /** Shapes are known: what they bound, such as the part of a table that is added, is then too. */
  private void fold(Node shape) {
    List<Long> dims = shapes.of(shape.input(0));
    int from = place(shape.integer("start", 0), dims.size());
    int to = place(shape.integer("end", dims.size()), dims.size());
    graph.remove(shape);
    long[] values = dims.subList(from, to).stream().mapToLong(Long::longValue).toArray();
    graph.put(TensorValues.longs(values).toBuilder().setName(shape.output(0)).build());
  }

  private static int place(long axis, int rank) {
    return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  }

  /**
   * @param net whose parameters are initializers
   * @param inputs of the net, each with the shape that every step feeds
   * @throws RejectedException UNSUPPORTED_MODEL for a parameter that is no float32 initializer
   */
  public static GraphInMaking of(OnnxModel net, List<Feed> inputs, Parameters parameters)
      throws IOException {
    return of(net, inputs, parameters, List.of());
  }

  /**
   * The same, where part of the weights belongs to another net that is trained in turn.
   *
   * @param frozen inputs that keep their memory, as {@link Objective#of} gets them
   */
  public static GraphInMaking of(
      OnnxModel net, List<Feed> inputs, Parameters parameters, List<Tensor> frozen)
      throws IOException {
    List<Feed> weights = new ArrayList<>();
    parameters.all().forEach(p -> weights.add(new Feed(p.name(), DataType.FP32, p.shape())));
    frozen.forEach(tensor -> weights.add(new Feed(tensor.name(), tensor.type(), tensor.shape())));
    OnnxModel flat = FrozenBranches.inlined(fixed(net, inputs, weights));
    return new GraphInMaking(flat, inputs, parameters, frozen);
  }

  private static OnnxModel fixed(OnnxModel net, List<Feed> inputs, List<Feed> weights) {
    GraphProto graph = net.graph();
    Set<String> names = new HashSet<>(weights.stream().map(Feed::name).toList());
    GraphProto.Builder builder =
        graph.toBuilder().clearInput().clearInitializer().clearOutput().clearValueInfo();
    inputs.forEach(feed -> builder.addInput(feed.info()));
    weights.forEach(feed -> builder.addInput(feed.info()));
    graph.getInitializerList().stream()
        .filter(tensor -> !names.contains(tensor.getName()))
        .forEach(builder::addInitializer);
    for (ValueInfoProto output : graph.getOutputList()) {
      builder.addOutput(ValueInfoProto.newBuilder().setName(output.getName()));
    }
    return net.with(net.proto().toBuilder().setGraph(builder).build());
  }

  /** Where nodes are added. */
  public Emitter emit() {
    return emit;
  }

  public Graph graph() {
    return graph;
  }

  /** Names of the net's outputs, in their order. */
  public List<String> outputs() {
    return net.graph().getOutputList().stream().map(ValueInfoProto::getName).toList();
  }

  /** One of each input. */
  private List<Tensor> zeros() {
    List<Tensor> zeros = new ArrayList<>();
    feeds.values().forEach(feed -> zeros.add(feed.allocate()));
    zeros.addAll(parameters.views(parameters.allocate()));
    zeros.addAll(frozen);
    return zeros;
  }

  /**
   * Adds the R1 penalty of a critic in the graph.
   *
   * @param scores of samples
   * @param samples what they were made of
   */
  public String r1(String scores, String samples) throws IOException {
    shapes = KnownShapes.of(built(List.of()), zeros());
    return Adversarial.r1(net, graph, shapes, scores, samples);
  }

  /** The shape of a value of the net, every dimension known. */
  public List<Long> shape(String value) {
    return shapes.of(value);
  }

  /** Another input, which every step feeds: a target, noise, the like. */
  public Feed input(String name, DataType type, List<Long> shape) {
    Feed feed = new Feed(graph.freshName(name), type, shape);
    feeds.put(feed.name(), feed);
    return feed;
  }

  /**
   * The graph as it stands, to compute {@code total} and its terms without a gradient: on samples
   * that training does not see.
   */
  public StepGraph judged(String total, Map<String, String> terms) throws IOException {
    List<String> outputs = new ArrayList<>(List.of(total));
    outputs.addAll(terms.values());
    return new StepGraph(
        built(outputs),
        parameters,
        List.copyOf(feeds.values()),
        new StepGraph.Names(total, terms, Map.of(), Map.of()));
  }

  /**
   * Adds the gradient of {@code total} for the trained parameters.
   *
   * @param total a scalar
   * @param terms of it by name, each a scalar, told beside it
   * @param renewed the values that state takes after the step, by the name of the parameter
   * @throws RejectedException UNSUPPORTED_MODEL, naming a node without gradient or a parameter that
   *     the loss does not depend on
   */
  public StepGraph minimise(String total, Map<String, String> terms, Map<String, String> renewed)
      throws IOException {
    shapes = KnownShapes.of(built(List.of()), zeros());
    List<String> wanted = parameters.trained().stream().map(Parameter::name).toList();
    Map<String, String> gradients = Gradients.add(net, graph, shapes, total, wanted);
    List<String> outputs = new ArrayList<>(List.of(total));
    outputs.addAll(terms.values());
    outputs.addAll(gradients.values());
    outputs.addAll(renewed.values());
    return new StepGraph(
        built(outputs),
        parameters,
        List.copyOf(feeds.values()),
        new StepGraph.Names(total, terms, gradients, renewed));
  }

  private OnnxModel built(List<String> outputs) {
    GraphProto.Builder builder = graph.build().toBuilder();
    Set<String> declared = new HashSet<>();
    builder.getInputList().forEach(info -> declared.add(info.getName()));
    feeds.values().stream()
        .filter(feed -> !declared.contains(feed.name()))
        .forEach(feed -> builder.addInput(feed.info()));
    if (!outputs.isEmpty()) {
      builder.clearOutput();
      outputs.stream()
          .distinct()
          .forEach(name -> builder.addOutput(ValueInfoProto.newBuilder().setName(name)));
    }
    ModelProto.Builder model = net.proto().toBuilder().setGraph(builder);
    RuntimeDomain.require(model);
    return net.with(model.build());
  }
}
