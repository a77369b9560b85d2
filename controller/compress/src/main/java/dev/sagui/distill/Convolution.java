/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A dense convolution with constant weights, transposed or not, of one or two spatial axes.
 *
 * @param kernel along each spatial axis
 * @param axes of a transposed one; none otherwise
 */
record Convolution(Node node, int channels, int outputs, List<Integer> kernel, List<UpAxis> axes) {
  /** Moments of more numbers are not made. */
  private static final int MOST_INPUTS = 4096;

  /** Of the multiplications; a form that saves less is none. */
  private static final double MOST_SHARE = 0.7;

  /** Empty for what is none, or has no kernel to take apart. */
  static Optional<Convolution> of(Graph graph, Node node) {
    boolean transposed = node.is("ConvTranspose");
    if (!(transposed || node.is("Conv")) || node.integer("group", 1) != 1) {
      return Optional.empty();
    }
    boolean constantBias = !node.hasInput(2) || graph.constant(node.input(2)).isPresent();
    return graph
        .constant(node.input(1))
        .filter(weight -> weight.getDataType() == ElementType.FLOAT.number() && constantBias)
        .map(weight -> weight.getDimsList().stream().map(Long::intValue).toList())
        .filter(dims -> dims.size() == 3 || dims.size() == 4)
        .map(
            dims ->
                new Convolution(
                    node,
                    dims.get(transposed ? 0 : 1),
                    dims.get(transposed ? 1 : 0),
                    dims.subList(2, dims.size()),
                    transposed ? axes(node, dims.subList(2, dims.size())) : List.of()))
        .filter(layer -> layer.taps() > 1);
  }

  private static List<UpAxis> axes(Node node, List<Integer> kernel) {
    List<UpAxis> axes = new ArrayList<>();
    int rank = kernel.size();
    for (int i = 0; i < rank; i++) {
      axes.add(
          new UpAxis(
              kernel.get(i),
              at(node.integers("strides"), i, 1),
              at(node.integers("pads"), i, 0),
              at(node.integers("pads"), i + rank, 0),
              at(node.integers("output_padding"), i, 0)));
    }
    return axes;
  }

  private static int at(List<Long> values, int index, int otherwise) {
    return index < values.size() ? values.get(index).intValue() : otherwise;
  }

  String input() {
    return node.input(0);
  }

  String output() {
    return node.output(0);
  }

  int taps() {
    return product(kernel);
  }

  boolean isTransposed() {
    return !axes.isEmpty();
  }

  /** Outputs of a transposed convolution for each input. */
  int phases() {
    return product(axes.stream().map(UpAxis::stride).toList());
  }

  /** The kernel of the convolution that is fitted in a form's place. */
  List<Integer> fittedKernel(Form form) {
    if (!isTransposed()) {
      return kernel;
    }
    return axes.stream()
        .map(axis -> form == Form.SEPARABLE ? axis.window() : axis.resizedKernel())
        .toList();
  }

  int fittedTaps(Form form) {
    return product(fittedKernel(form));
  }

  /** Why a form cannot stand in; empty when it can. */
  Optional<String> whyNot(Form form) {
    if (!isTransposed()) {
      return form != Form.SEPARABLE ? Optional.of("it does not stretch its input") : tooSmall(form);
    }
    boolean told =
        !node.text("auto_pad", "NOTSET").equals("NOTSET")
            || node.attribute("output_shape").isPresent()
            || node.integers("dilations").stream().anyMatch(d -> d != 1)
            || !axes.stream().allMatch(UpAxis::isWhole)
            || axes.stream().map(UpAxis::stride).distinct().count() > 1;
    if (told) {
      return Optional.of("its output is no whole multiple of its input");
    }
    boolean fits =
        form == Form.SEPARABLE
            ? fittedTaps(form) > 1
            : axes.stream().allMatch(UpAxis::canBeResized);
    return fits ? tooSmall(form) : Optional.of("its outputs do not overlap");
  }

  private Optional<String> tooSmall(Form form) {
    if (channels * fittedTaps(form) > MOST_INPUTS) {
      return Optional.of("it has too many inputs to be fitted");
    }
    return form != Form.RESIZE && share(form) > MOST_SHARE
        ? Optional.of("it has too few outputs to gain")
        : Optional.empty();
  }

  /** Multiplications in a form to those that it has, for each of its inputs. */
  private double share(Form form) {
    double dense = (double) channels * outputs * taps();
    double window = fittedTaps(form);
    double mixed = (double) channels * outputs;
    double cheap =
        switch (form) {
          case SEPARABLE -> channels * window + mixed * phases();
          case RESIZE -> mixed * window * phases();
          case RESIZE_DEPTHWISE -> phases() * (channels * window + mixed);
          case RESIZE_POINTWISE -> mixed + phases() * outputs * window;
        };
    return cheap / dense;
  }

  static int product(List<Integer> factors) {
    return factors.stream().reduce(1, (a, b) -> a * b);
  }
}
