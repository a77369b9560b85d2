/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Quantizing and back, straight through (Bengio, Léonard and Courville 2013): rounding counts as
 * the identity, saturation as the constant it is. A scale has the gradient of a learned step size
 * (Esser et al., LSQ, 2020), without their factor.
 *
 * <p>The gradient of a quantized value is held in units of the real number it stands for, so that
 * it passes between QuantizeLinear and DequantizeLinear as it is, and what lies between them only
 * moves elements.
 */
final class QuantizeRules {
  static final Map<String, GradientRule> ALL =
      Map.of(
          "QuantizeLinear", QuantizeRules::quantize,
          "DequantizeLinear", QuantizeRules::dequantize);

  private QuantizeRules() {}

  private static void quantize(Node node, Backward to) {
    Emitter e = to.emit();
    List<Long> shape = to.outputShape();
    String steps = e.divide(node.input(0), wide(node, to, shape));
    String dy = e.multiply(to.dy(), unsaturated(node, to, steps, shape));
    to.give(0, dy);
    if (to.wants(1)) {
      giveScale(node, to, e.negative(e.multiply(dy, steps)), shape);
    }
  }

  /** 1 where x / scale + zero point rounds to a number of the type. */
  private static String unsaturated(Node node, Backward to, String steps, List<Long> shape) {
    Emitter e = to.emit();
    ElementType type = type(node, to);
    boolean signed = type.name().startsWith("I");
    double least = signed ? -Math.pow(2, type.bits() - 1) : 0;
    double most = Math.pow(2, signed ? type.bits() - 1 : type.bits()) - 1;
    String place =
        node.hasInput(2) ? e.add(steps, wide(to, e.number(node.input(2)), 2, node, shape)) : steps;
    String clipped = e.node("Clip", place, e.scalar(least - 0.5), e.scalar(most + 0.5));
    return e.number(e.node("Equal", place, clipped));
  }

  private static ElementType type(Node node, Backward to) {
    long told = node.integer("output_dtype", 0);
    if (told != 0 || !node.hasInput(2)) {
      return told == 0 ? ElementType.UINT8 : ElementType.of((int) told);
    }
    ElementType type = to.constantType(2);
    if (type.bits() == 0 || !type.name().matches("U?INT\\d+")) {
      throw to.refused(
          "expected a zero point that is a constant integer, found '%s'".formatted(node.input(2)));
    }
    return type;
  }

  private static void dequantize(Node node, Backward to) {
    to.give(0, to.dy());
    if (to.wants(1)) {
      Emitter e = to.emit();
      List<Long> shape = to.outputShape();
      String steps = e.divide(node.output(0), wide(node, to, shape));
      giveScale(node, to, e.multiply(to.dy(), steps), shape);
    }
  }

  private static String wide(Node node, Backward to, List<Long> shape) {
    return wide(to, node.input(1), 1, node, shape);
  }

  /** A number for the whole value, or one for each index of an axis. */
  private static String wide(Backward to, String value, int input, Node node, List<Long> shape) {
    List<Long> own = to.inputShape(input);
    return Backward.product(own) == 1
        ? to.emit().reshape(value, List.of())
        : to.emit().reshape(value, along(node, to, own, shape));
  }

  private static List<Long> along(Node node, Backward to, List<Long> scale, List<Long> shape) {
    if (node.integer("block_size", 0) != 0 || scale.size() != 1) {
      throw to.refused("its scale is one of blocks, expected one of the value or of an axis");
    }
    List<Long> along = new ArrayList<>(Collections.nCopies(shape.size(), 1L));
    along.set(LayoutRules.axis(node.integer("axis", 1), shape.size()), scale.get(0));
    return along;
  }

  private static void giveScale(Node node, Backward to, String each, List<Long> shape) {
    List<Long> own = to.inputShape(1);
    List<Long> wide =
        Backward.product(own) == 1
            ? Collections.nCopies(shape.size(), 1L)
            : along(node, to, own, shape);
    long[] axes =
        Arrays.stream(LayoutRules.range(shape.size()))
            .filter(i -> wide.get((int) i) == 1)
            .toArray();
    to.give(1, to.emit().reshape(axes.length == 0 ? each : to.emit().sum(each, false, axes), own));
  }
}
