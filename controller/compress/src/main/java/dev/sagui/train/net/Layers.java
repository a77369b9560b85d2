/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.net;

import dev.sagui.onnx.NodeBuilder;
import java.util.Arrays;

/**
 * A net in the making, layer after layer. A layer's value has the layer's name, its weights are
 * called {@code NAME.weight} and {@code NAME.bias}.
 */
public final class Layers extends NetGraph {
  /** PyTorch's. */
  private static final float EPSILON = 1e-5f;

  /** The share of running statistics that a step keeps; PyTorch calls the rest momentum. */
  private static final float MOMENTUM = 0.9f;

  public Layers(long seed) {
    super(seed);
  }

  /** y = x·Wᵀ + b of rows; W is [out, in]. */
  public String dense(String name, String x, long in, long out) {
    String weight = weight(name + ".weight", Start.uniform(in), out, in);
    String bias = weight(name + ".bias", Start.uniform(in), out);
    return named(name, NodeBuilder.of("Gemm").inputs(x, weight, bias).with("transB", 1));
  }

  /** A convolution [N, in, H, W] to [N, out, H', W']. */
  public String conv(String name, String x, Kernel kernel) {
    long fan = kernel.in() * kernel.area();
    String weight =
        weight(
            name + ".weight",
            Start.uniform(fan),
            kernel.out(),
            kernel.in(),
            kernel.side(),
            kernel.side());
    String bias = weight(name + ".bias", Start.uniform(fan), kernel.out());
    return named(name, windowed("Conv", kernel).inputs(x, weight, bias));
  }

  /**
   * A transposed convolution [N, in, H, W] to [N, out, H', W']; its fan is that of {@code out}
   * channels, as PyTorch has it.
   */
  public String convTranspose(String name, String x, Kernel kernel) {
    long fan = kernel.out() * kernel.area();
    String weight =
        weight(
            name + ".weight",
            Start.uniform(fan),
            kernel.in(),
            kernel.out(),
            kernel.side(),
            kernel.side());
    String bias = weight(name + ".bias", Start.uniform(fan), kernel.out());
    return named(name, windowed("ConvTranspose", kernel).inputs(x, weight, bias));
  }

  /**
   * Batch normalization (Ioffe and Szegedy 2015) of [N, channels, H, W]. The running mean and
   * variance are state; where {@code training} is set the batch's own are taken, and {@link
   * #renewed} tells what becomes of the running ones.
   */
  public String batchNorm(String name, String x, long channels, boolean training) {
    String mean = state(name + ".mean", Start.of(0), channels);
    String variance = state(name + ".variance", Start.of(1), channels);
    NodeBuilder node =
        NodeBuilder.of("BatchNormalization")
            .inputs(
                x,
                weight(name + ".scale", Start.of(1), channels),
                weight(name + ".bias", Start.of(0), channels),
                mean,
                variance)
            .with("epsilon", EPSILON)
            .with("momentum", MOMENTUM)
            .with("training_mode", training ? 1 : 0)
            .nameless(name);
    if (training) {
      renew(mean, mean + ".next");
      renew(variance, variance + ".next");
      node.nameless(mean + ".next").nameless(variance + ".next");
    }
    add(node);
    return name;
  }

  /** A convolution of that window, its inputs yet to be given. */
  public static NodeBuilder windowed(String operator, Kernel kernel) {
    return NodeBuilder.of(operator)
        .with("kernel_shape", kernel.side(), kernel.side())
        .with("strides", kernel.stride(), kernel.stride())
        .with("pads", kernel.pad(), kernel.pad(), kernel.pad(), kernel.pad());
  }

  public String reshape(String x, long... shape) {
    return node("Reshape", x, longs(shape));
  }

  public String transpose(String x, long... order) {
    return node(NodeBuilder.of("Transpose").inputs(x).with("perm", order));
  }

  /** The sum over all but the first axis of a value of that rank. */
  public String sumOfEach(String x, int rank) {
    long[] axes = new long[rank - 1];
    Arrays.setAll(axes, i -> i + 1L);
    return node(NodeBuilder.of("ReduceSum").inputs(x, longs(axes)).with("keepdims", 0));
  }

  /** The mean of all elements, a scalar. */
  public String mean(String name, String x) {
    return named(name, NodeBuilder.of("ReduceMean").inputs(x).with("keepdims", 0));
  }
}
