/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.run.PinnedSession;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A step graph on one thread, with a gradient of its own; the parameters are shared. */
final class Replica implements AutoCloseable {
  private final List<Tensor> feeds;
  private final ByteBuffer gradient;
  private final ByteBuffer renewed;
  private final Map<String, Tensor> terms;
  private final PinnedSession session;

  private Replica(
      List<Tensor> feeds,
      ByteBuffer gradient,
      ByteBuffer renewed,
      Map<String, Tensor> terms,
      PinnedSession session) {
    this.feeds = feeds;
    this.gradient = gradient;
    this.renewed = renewed;
    this.terms = terms;
    this.session = session;
  }

  /**
   * @param values of all parameters, which every run reads
   * @param feeds memory of the inputs, which every run reads
   */
  static Replica of(StepGraph graph, List<Tensor> values, List<Tensor> feeds) throws IOException {
    Parameters parameters = graph.parameters();
    ByteBuffer gradient = parameters.allocate();
    ByteBuffer renewed = parameters.allocate();
    List<Tensor> inputs = new ArrayList<>(values);
    inputs.addAll(feeds);
    Map<String, Tensor> terms = new LinkedHashMap<>();
    terms.put("loss", scalar(graph.names().total()));
    graph.names().terms().forEach((name, value) -> terms.put(name, scalar(value)));
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    terms.values().forEach(tensor -> outputs.putIfAbsent(tensor.name(), tensor));
    for (Parameter parameter : parameters.all()) {
      String slope = graph.names().gradients().get(parameter.name());
      String next = graph.names().renewed().get(parameter.name());
      if (slope != null) {
        outputs.put(slope, Parameters.view(parameter, slope, gradient));
      }
      if (next != null) {
        outputs.put(next, Parameters.view(parameter, next, renewed));
      }
    }
    terms.replaceAll((name, tensor) -> outputs.getOrDefault(tensor.name(), tensor));
    return new Replica(
        List.copyOf(feeds),
        gradient,
        renewed,
        terms,
        PinnedSession.open(
            graph.model(), PinnedSession.Use.TRAINING, inputs, List.copyOf(outputs.values()), 1));
  }

  private static Tensor scalar(String name) {
    return new Tensor(
        name,
        DataType.FP32,
        List.of(),
        ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder()));
  }

  List<Tensor> feeds() {
    return feeds;
  }

  void run() {
    session.run();
  }

  FloatBuffer gradient() {
    return gradient.order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  FloatBuffer renewed() {
    return renewed.order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** The loss and its terms, by name. */
  Map<String, Double> terms() {
    Map<String, Double> values = new LinkedHashMap<>();
    terms.forEach((name, tensor) -> values.put(name, (double) tensor.data().getFloat(0)));
    return values;
  }

  @Override
  public void close() {
    session.close();
  }
}
