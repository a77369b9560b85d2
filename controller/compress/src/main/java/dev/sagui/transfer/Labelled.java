/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Feed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples of a model's inputs and, beside them, of what it shall give for them. */
final class Labelled {
  private Labelled() {}

  /**
   * @param target one more value of each sample, read from {@code answers}
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST or NOT_FOUND as {@link Samples}
   */
  static Samples of(OnnxModel model, DataSpec data, ValueFacts target, DataSpec answers) {
    ModelFacts facts = model.facts();
    List<ValueFacts> inputs = new ArrayList<>(facts.inputs());
    inputs.add(target);
    Map<String, DataSpec> specs = new LinkedHashMap<>();
    specs.put("", data);
    specs.put(target.name(), answers);
    return Samples.of(facts.with(inputs), specs);
  }

  /** The first dimension of a model's inputs: −1 where it is free. */
  static long batch(OnnxModel model) {
    List<Long> shape = model.facts().inputs().get(0).shape();
    return shape.isEmpty() ? -1 : shape.get(0);
  }

  /** Inputs of a shard, without the target. */
  static List<Feed> feeds(Samples samples, int rows, String target) {
    List<Feed> feeds = new ArrayList<>();
    for (Tensor each : samples.first(1)) {
      if (!each.name().equals(target)) {
        List<Long> shape = new ArrayList<>(each.shape());
        shape.set(0, (long) rows);
        feeds.add(new Feed(each.name(), each.type(), shape));
      }
    }
    return feeds;
  }

  /** One tensor of a batch. */
  static Tensor get(List<Tensor> batch, String name) {
    return batch.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** The others. */
  static List<Tensor> without(List<Tensor> batch, String name) {
    return batch.stream().filter(each -> !each.name().equals(name)).toList();
  }
}
