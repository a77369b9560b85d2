/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.train.Parameter;
import dev.sagui.train.Parameters;
import dev.sagui.train.gradient.Emitter;
import dev.sagui.train.net.Kernel;
import dev.sagui.train.net.Layers;
import dev.sagui.train.net.Start;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A convolutional net that scores each patch of pictures [N, C, H, W], higher for what it takes for
 * the teacher's (Isola et al. 2017, section 3.2.2): it knows pictures of any size.
 */
final class PatchCritic {
  private static final String PREFIX = "critic.";
  private static final float SLOPE = 0.2f;
  private static final int LEAST_SIDE = 8;

  private final Map<String, Kernel> layers = new LinkedHashMap<>();
  private final long patches;

  /**
   * @param shape of the pictures
   * @param channels of the two layers that halve height and width
   * @throws RejectedException BAD_REQUEST for what are no pictures
   */
  PatchCritic(List<Long> shape, List<Long> channels) {
    if (shape.size() != 4 || shape.get(2) < LEAST_SIDE || shape.get(3) < LEAST_SIDE) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "adversarial takes pictures [N, C, H, W] with sides of %d or more, the student gives %s; leave it out"
              .formatted(LEAST_SIDE, shape));
    }
    this.patches = shape.get(2) / 4 * (shape.get(3) / 4);
    layers.put("down1", Kernel.half(shape.get(1), channels.get(0)));
    layers.put("down2", Kernel.half(channels.get(0), channels.get(1)));
    layers.put("score", Kernel.same(channels.get(1), 1, 3));
  }

  Parameters parameters() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    layers.forEach(
        (name, kernel) -> {
          shapes.put(
              weight(name), List.of(kernel.out(), kernel.in(), kernel.side(), kernel.side()));
          shapes.put(bias(name), List.of(kernel.out()));
        });
    return Parameters.of(shapes, Map.of());
  }

  /** First values: uniform within ±1/√fan-in, biases of 0. */
  ByteBuffer first(Parameters parameters, long seed) {
    ByteBuffer values = parameters.allocate();
    for (Parameter each : parameters.all()) {
      if (each.shape().size() > 1) {
        Start start = Start.uniform(each.size() / each.shape().get(0));
        FloatBuffer into = Parameters.view(each, each.name(), values).data().asFloatBuffer();
        for (double value : start.values(seed, each.name(), each.shape())) {
          into.put((float) value);
        }
      }
    }
    return values;
  }

  /** [N, 1, H/4, W/4]. */
  String scores(Emitter emit, String pictures) {
    String value = pictures;
    for (Map.Entry<String, Kernel> layer : layers.entrySet()) {
      boolean inner = !value.equals(pictures);
      String in =
          inner ? emit.node(NodeBuilder.of("LeakyRelu").inputs(value).with("alpha", SLOPE)) : value;
      String name = layer.getKey();
      value =
          emit.node(Layers.windowed("Conv", layer.getValue()).inputs(in, weight(name), bias(name)));
    }
    return value;
  }

  /** Of scores: their sum is the mean over patches, summed over pictures. */
  String shares(Emitter emit, String scores) {
    return emit.multiply(scores, 1.0 / patches);
  }

  private static String weight(String layer) {
    return PREFIX + layer + ".weight";
  }

  private static String bias(String layer) {
    return PREFIX + layer + ".bias";
  }
}
