/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.loss.InnerPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Outputs and values inside of a student become like its teacher's, these through 1×1 convolutions
 * that are learned beside the student where they have other channels.
 */
final class FeatureMatching implements Criterion {
  private static final String TERM = "features";

  /** A student's value, what of the teacher it shall be like, and the way there. */
  private record Match(Tensor own, Tensor other, Optional<Tensor> projection) {}

  private final Criterion outputs;
  private final double weight;
  private final List<Match> matches = new ArrayList<>();

  private FeatureMatching(Criterion outputs, double weight) {
    this.outputs = outputs;
    this.weight = weight;
  }

  /**
   * Where a lesson wants it.
   *
   * @param outputs what else counts
   * @param rows of a shard
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST for values that differ in more than
   *     channels
   */
  static Optional<FeatureMatching> of(Distillation.Lesson lesson, Criterion outputs, int rows)
      throws IOException {
    if (lesson.loss().features().isEmpty()) {
      return Optional.empty();
    }
    Features features = lesson.loss().features().get();
    List<Tensor> inputs = lesson.samples().first(rows);
    Map<String, String> pairs = features.pairs(lesson.student(), lesson.teacher());
    Map<String, Tensor> own = run(lesson.student(), pairs.keySet(), inputs);
    Map<String, Tensor> others = run(lesson.teacher(), pairs.values(), inputs);
    FeatureMatching made = new FeatureMatching(outputs, features.weight());
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      long seed = lesson.seed() + made.matches.size();
      made.matches.add(match(found(own, pair.getKey()), found(others, pair.getValue()), seed));
    }
    return Optional.of(made);
  }

  private static Tensor found(Map<String, Tensor> all, String name) {
    return Objects.requireNonNull(all.get(name));
  }

  private static Map<String, Tensor> run(
      OnnxModel model, Collection<String> values, List<Tensor> inputs) throws IOException {
    Map<String, Tensor> found = new HashMap<>();
    try (OrtModel session = OrtModel.open(tapped(model, values), 1, false)) {
      session.run(inputs).forEach(tensor -> found.put(tensor.name(), tensor));
    }
    return found;
  }

  private static Match match(Tensor own, Tensor other, long seed) {
    List<Long> shape = InnerPair.projectionShape(own.shape(), other.shape());
    if (shape.get(0).equals(shape.get(1))) {
      return new Match(own, other, Optional.empty());
    }
    float[] values = new float[Math.toIntExact(shape.get(0) * shape.get(1))];
    double bound = 1 / Math.sqrt((double) shape.get(1));
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    String name = own.name() + "_to_teacher";
    return new Match(
        own, other, Optional.of(Tensor.of(name, values, shape.get(0), shape.get(1), 1, 1)));
  }

  /** The teacher with the values that are matched as outputs too. */
  OnnxModel tapped(OnnxModel teacher) {
    return tapped(teacher, matches.stream().map(match -> match.other().name()).toList());
  }

  private static OnnxModel tapped(OnnxModel model, Collection<String> values) {
    GraphProto.Builder graph = model.graph().toBuilder();
    List<String> outputs =
        new ArrayList<>(graph.getOutputList().stream().map(ValueInfoProto::getName).toList());
    for (String value : values) {
      if (!outputs.contains(value)) {
        outputs.add(value);
        graph.addOutput(ValueInfoProto.newBuilder().setName(value));
      }
    }
    return model.with(model.proto().toBuilder().setGraph(graph).build());
  }

  /** The input that each of the teacher's values is fed to. */
  Map<String, String> targets() {
    Map<String, String> targets = new LinkedHashMap<>();
    matches.forEach(
        match -> targets.put(match.other().name(), ImitationLoss.target(match.other().name())));
    return targets;
  }

  @Override
  public Map<String, Tensor> parameters() {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    matches.forEach(match -> match.projection().ifPresent(p -> parameters.put(p.name(), p)));
    return parameters;
  }

  @Override
  public Terms add(GraphInMaking made) throws IOException {
    Terms terms = outputs.add(made);
    Map<String, Feed> fed = new HashMap<>();
    List<InnerPair> pairs = new ArrayList<>();
    for (Match match : matches) {
      Tensor other = match.other();
      Feed feed =
          fed.computeIfAbsent(
              ImitationLoss.target(other.name()),
              name -> made.input(name, DataType.FP32, other.shape()));
      pairs.add(
          new InnerPair(
              match.own().name(),
              match.own().shape(),
              feed.name(),
              other.shape(),
              match.projection().map(Tensor::name)));
    }
    String features = InnerPair.loss(made.emit(), pairs);
    Map<String, String> each = new LinkedHashMap<>(terms.each());
    each.put(TERM, features);
    return new Terms(made.emit().add(terms.total(), made.emit().multiply(features, weight)), each);
  }
}
