/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.net.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Weights times their gradients, for losses that are the outputs along random directions. A net
 * that is held against itself has no other gradient; the mean square of a sum of the products is
 * what leaving those weights out changes of the outputs, to first order: that is Fisher's
 * information of outputs with normal noise, and the importance of Molchanov et al. 2019
 * (arXiv:1906.10771) by it.
 */
public final class WeightProducts {
  private static final String NOISE = "noise.";

  private WeightProducts() {}

  /**
   * Gradients along so many directions, each on other samples.
   *
   * @param wanted of the names of weights
   * @param rows samples of one direction, where the model does not fix a batch
   * @param each gets the products of one direction by weight, which the next one overwrites
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL, naming a node without gradient
   */
  public static void forEach(
      OnnxModel model,
      Predicate<String> wanted,
      Samples samples,
      int rows,
      int directions,
      Consumer<Map<String, FloatBuffer>> each)
      throws IOException {
    List<Tensor> first = samples.first(rows);
    List<Feed> inputs =
        first.stream().map(given -> new Feed(given.name(), given.type(), given.shape())).toList();
    Map<String, Double> scales = scales(model, first);
    Parameters parameters = Parameters.of(Trainables.of(model, wanted), Map.of());
    GraphInMaking made = GraphInMaking.of(model, inputs, parameters);
    String total = along(made, scales);
    StepGraph graph = made.minimise(total, Map.of(), Map.of());
    ByteBuffer values = parameters.read(model);
    Batches drawn = SampleBatches.of(samples, Math.toIntExact(first.get(0).shape().get(0)), 1, 1);
    Batches batches =
        (step, shard, into) -> {
          drawn.fill(step, shard, into);
          into.stream()
              .filter(tensor -> tensor.name().startsWith(NOISE))
              .forEach(t -> noise(t, step));
        };
    try (Objective objective = Objective.of(graph, values, List.of(), batches, 1)) {
      for (int direction = 0; direction < directions; direction++) {
        objective.compute(direction);
        each.accept(products(objective));
      }
    }
  }

  /** One over the root mean square of each output, so that all count the same. */
  private static Map<String, Double> scales(OnnxModel model, List<Tensor> inputs)
      throws IOException {
    Map<String, Double> scales = new LinkedHashMap<>();
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      for (Tensor output : session.run(inputs)) {
        if (output.type() == DataType.FP32) {
          double power = 0;
          float[] values = output.floats();
          for (float value : values) {
            power += (double) value * value / values.length;
          }
          scales.put(output.name(), 1 / Math.sqrt(Math.max(power, 1e-20)));
        }
      }
    }
    return scales;
  }

  private static String along(GraphInMaking made, Map<String, Double> scales) {
    List<String> terms = new ArrayList<>();
    scales.forEach(
        (output, scale) -> {
          Feed noise = made.input(NOISE + output, DataType.FP32, made.shape(output));
          String product = made.emit().multiply(output, noise.name());
          terms.add(made.emit().multiply(made.emit().mean(product), scale));
        });
    return terms.stream().reduce(made.emit()::add).orElseThrow();
  }

  private static void noise(Tensor into, long step) {
    SplittableRandom random = Seed.random(step, into.name().hashCode());
    FloatBuffer values = into.data().asFloatBuffer();
    while (values.hasRemaining()) {
      values.put(random.nextBoolean() ? 1 : -1);
    }
  }

  private static Map<String, FloatBuffer> products(Objective objective) {
    FloatBuffer values = objective.floats();
    float[] products = objective.gradient();
    for (int i = 0; i < products.length; i++) {
      products[i] *= values.get(i);
    }
    Map<String, FloatBuffer> each = new LinkedHashMap<>();
    for (Parameter parameter : objective.parameters().trained()) {
      each.put(
          parameter.name(),
          FloatBuffer.wrap(products, parameter.offset(), parameter.size()).slice());
    }
    return each;
  }
}
