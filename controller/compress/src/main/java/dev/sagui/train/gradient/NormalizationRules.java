/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Normalizations: what is subtracted and divided by is computed from the values themselves. */
final class NormalizationRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "BatchNormalization", NormalizationRules::batch,
          "InstanceNormalization", NormalizationRules::instance,
          "GroupNormalization", NormalizationRules::group,
          "MeanVarianceNormalization", NormalizationRules::meanVariance,
          "LpNormalization", NormalizationRules::length,
          "LayerNormalization", NormalizationRules::layer,
          "SimplifiedLayerNormalization", NormalizationRules::rootMeanSquare,
          "RMSNormalization", NormalizationRules::rootMeanSquare,
          "com.microsoft.SkipLayerNormalization", NormalizationRules::skipLayer,
          "com.microsoft.SkipSimplifiedLayerNormalization", NormalizationRules::skipLayer);

  private NormalizationRules() {}

  /** Over the batch and space where it trains; else a scale and a shift of each channel. */
  private static void batch(Node node, Backward to) {
    Emitter e = to.emit();
    Channels channels = Channels.of(to.outputShape());
    float epsilon = node.number("epsilon", 1e-5f);
    boolean training = node.integer("training_mode", 0) == 1;
    Standardized unit =
        training
            ? Standardized.of(e, node.input(0), to.inputShape(0), epsilon, channels.others())
            : Standardized.by(
                e,
                e.subtract(node.input(0), channels.wide(e, node.input(3))),
                channels.wide(e, Standardized.inverse(e, node.input(4), epsilon)));
    String g = e.multiply(to.dy(), channels.wide(e, node.input(1)));
    if (to.wants(0)) {
      to.give(0, training ? unit.back(g, true) : e.multiply(g, unit.inverse()));
    }
    affine(to, channels, unit.values());
    if (!training) {
      frozen(to, channels, unit, g);
    }
  }

  /** The statistics themselves, where they are values like others. */
  private static void frozen(Backward to, Channels channels, Standardized unit, String g) {
    Emitter e = to.emit();
    if (to.wants(3)) {
      to.give(3, e.negative(channels.sum(e, e.multiply(g, unit.inverse()))));
    }
    if (to.wants(4)) {
      String slope = e.multiply(e.multiply(unit.inverse(), unit.inverse()), -0.5);
      to.give(4, channels.sum(e, e.multiply(e.multiply(g, unit.values()), slope)));
    }
  }

  private static void affine(Backward to, Channels channels, String unit) {
    Emitter e = to.emit();
    if (to.wants(1)) {
      to.give(1, channels.sum(e, e.multiply(to.dy(), unit)));
    }
    if (to.wants(2)) {
      to.give(2, channels.sum(e, to.dy()));
    }
  }

  private static void instance(Node node, Backward to) {
    Emitter e = to.emit();
    Channels channels = Channels.of(to.outputShape());
    Standardized unit =
        Standardized.of(
            e, node.input(0), to.inputShape(0), node.number("epsilon", 1e-5f), channels.space());
    if (to.wants(0)) {
      to.give(0, unit.back(e.multiply(to.dy(), channels.wide(e, node.input(1))), true));
    }
    affine(to, channels, unit.values());
  }

  /** Scale and bias are of a group before opset 21, of a channel since. */
  private static void group(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> shape = to.inputShape(0);
    long groups = node.integer("num_groups", 1);
    List<Long> grouped = new ArrayList<>(List.of(shape.get(0), groups, shape.get(1) / groups));
    grouped.addAll(shape.subList(2, shape.size()));
    long[] axes = Arrays.stream(LayoutRules.range(grouped.size())).skip(2).toArray();
    Standardized unit =
        Standardized.of(
            e, e.reshape(node.input(0), grouped), grouped, node.number("epsilon", 1e-5f), axes);
    boolean perGroup = to.inputShape(1).get(0) == groups;
    Channels affine = Channels.of(perGroup ? grouped : shape);
    List<Long> wide = perGroup ? grouped : shape;
    String dy = e.reshape(to.dy(), wide);
    if (to.wants(0)) {
      String g = e.reshape(e.multiply(dy, affine.wide(e, node.input(1))), grouped);
      to.give(0, e.reshape(unit.back(g, true), shape));
    }
    if (to.wants(1)) {
      to.give(1, affine.sum(e, e.multiply(dy, e.reshape(unit.values(), wide))));
    }
    if (to.wants(2)) {
      to.give(2, affine.sum(e, dy));
    }
  }

  private static void meanVariance(Node node, Backward to) {
    List<Long> told = node.integers("axes");
    long[] axes = told.isEmpty() ? new long[] {0, 2, 3} : Emitter.array(told);
    to.give(
        0,
        Standardized.of(to.emit(), node.input(0), to.inputShape(0), 1e-9f, axes)
            .back(to.dy(), true));
  }

  /** y = x / ‖x‖ along an axis, by its sum of absolute values or of squares. */
  private static void length(Node node, Backward to) {
    Emitter e = to.emit();
    long axis = LayoutRules.axis(node.integer("axis", -1), to.outputShape().size());
    String x = node.input(0);
    String y = node.output(0);
    boolean absolute = node.integer("p", 2) == 1;
    String norm =
        absolute
            ? e.sum(e.node("Abs", x), true, axis)
            : e.node("Sqrt", e.sum(e.multiply(x, x), true, axis));
    String along = e.sum(e.multiply(to.dy(), y), true, axis);
    String direction = absolute ? e.node("Sign", x) : y;
    to.give(0, e.divide(e.subtract(to.dy(), e.multiply(direction, along)), norm));
  }

  /** Ba, Kiros, Hinton 2016; the mean and deviation are those that the node itself computed. */
  private static void layer(Node node, Backward to) {
    Emitter e = to.emit();
    long[] axes = from(node, to);
    String centred = e.subtract(node.input(0), to.extraOutput(1));
    Standardized unit = Standardized.by(e, centred, to.extraOutput(2)).over(to.inputShape(0), axes);
    scaled(to, unit, true);
    if (to.wants(0)) {
      to.findDy(1).ifPresent(dy -> to.give(0, unit.backFromMean(dy, to.inputShape(0))));
      to.findDy(2).ifPresent(dy -> to.give(0, unit.backFromInverse(dy)));
    }
  }

  /** Zhang and Sennrich 2019: as LayerNormalization, without the mean. */
  private static void rootMeanSquare(Node node, Backward to) {
    Emitter e = to.emit();
    long[] axes = from(node, to);
    float epsilon = node.number("epsilon", 1e-5f);
    Standardized unit = Standardized.uncentred(e, node.input(0), to.inputShape(0), epsilon, axes);
    scaled(to, unit, false);
  }

  private static long[] from(Node node, Backward to) {
    int rank = to.inputShape(0).size();
    int first = LayoutRules.axis(node.integer("axis", -1), rank);
    return Arrays.stream(LayoutRules.range(rank)).skip(first).toArray();
  }

  /** y = unit·scale + bias, where scale and bias are the inputs 1 and 2. */
  private static void scaled(Backward to, Standardized unit, boolean centred) {
    Emitter e = to.emit();
    if (to.wants(0)) {
      to.give(0, unit.back(e.multiply(to.dy(), to.node().input(1)), centred));
    }
    if (to.wants(1)) {
      to.giveSummed(1, e.multiply(to.dy(), unit.values()));
    }
    to.giveSummed(2, to.dy());
  }

  /** y = norm(input + skip + bias)·gamma + beta; the sum is an output of its own. */
  private static void skipLayer(Node node, Backward to) {
    Emitter e = to.emit();
    boolean centred = node.op().equals("SkipLayerNormalization");
    int bias = centred ? 4 : 3;
    List<Long> shape = to.outputShape();
    long[] last = {shape.size() - 1L};
    String sum = to.extraOutput(3);
    float epsilon = node.number("epsilon", 1e-12f);
    Standardized unit =
        centred
            ? Standardized.of(e, sum, shape, epsilon, last)
            : Standardized.uncentred(e, sum, shape, epsilon, last);
    if (to.wants(0) || to.wants(1) || to.wants(bias)) {
      String dx = unit.back(e.multiply(to.dy(), node.input(2)), centred);
      String all = to.findDy(3).map(more -> e.add(dx, more)).orElse(dx);
      to.giveSummed(0, all);
      to.giveSummed(1, all);
      to.giveSummed(bias, all);
    }
    if (to.wants(2)) {
      to.giveSummed(2, e.multiply(to.dy(), unit.values()));
    }
    if (centred) {
      to.giveSummed(3, to.dy());
    }
  }
}
