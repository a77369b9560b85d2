/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import dev.sagui.onnx.Node;
import dev.sagui.quantize.linear.LinearLayer;
import dev.sagui.tensor.Tensor;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * What a layer multiplies a weight with, as vectors: rows of the input of MatMul and Gemm, columns
 * of im2col for Conv in the order [channel, kernel…], pixels for ConvTranspose.
 *
 * <p>A ConvTranspose with a weight [Cin, Cout / group, k…] sees each pixel through all taps but at
 * the border, where some are cropped; its moments ignore that.
 *
 * @param input the value that is multiplied
 * @param groups of a convolution; each has vectors of its own
 * @param size numbers in a vector of one group
 */
public record LayerInput(Node node, String input, int groups, int size, List<Long> weightDims) {
  public LayerInput {
    weightDims = List.copyOf(weightDims);
  }

  /** Of a product with a matrix, however it is stored. */
  public static LayerInput of(LinearLayer layer) {
    List<Long> dims = List.of((long) layer.inputs(), (long) layer.outputs());
    return new LayerInput(layer.node(), layer.node().input(0), 1, layer.inputs(), dims);
  }

  /** Empty for other operators, and for windows of more than two axes. */
  public static Optional<LayerInput> of(Node node, List<Long> weightDims) {
    int groups = (int) node.integer("group", 1);
    int rank = weightDims.size();
    if (rank < 2 || rank > 4) {
      return Optional.empty();
    }
    boolean turned = node.integer("transB", 0) == 1;
    long size =
        switch (node.isStandard() ? node.op() : "") {
          case "MatMul" -> rank == 2 ? weightDims.get(0) : 0;
          case "Gemm" -> node.integer("transA", 0) == 1 ? 0 : weightDims.get(turned ? 1 : 0);
          case "Conv" -> rank < 3 ? 0 : weightDims.stream().skip(1).reduce(1L, (a, b) -> a * b);
          case "ConvTranspose" -> rank < 3 ? 0 : weightDims.get(0) / groups;
          default -> 0;
        };
    return size == 0
        ? Optional.empty()
        : Optional.of(new LayerInput(node, node.input(0), groups, (int) size, weightDims));
  }

  /**
   * Adds a batch's vectors to the moments of each group.
   *
   * @param most positions of an image that are looked at, evenly spread
   */
  void add(Tensor batch, Moments[] moments, int most) {
    float[] values = batch.floats();
    switch (node.op()) {
      case "Conv" -> convolution(values, batch.shape(), moments, most);
      case "ConvTranspose" -> convolution(values, batch.shape(), moments, most);
      default -> rows(values, moments[0]);
    }
  }

  private void rows(float[] values, Moments moments) {
    for (int at = 0; at + size <= values.length; at += size) {
      double[] next = moments.next();
      for (int i = 0; i < size; i++) {
        next[i] = values[at + i];
      }
      moments.added();
    }
  }

  private void convolution(float[] x, List<Long> shape, Moments[] moments, int most) {
    boolean windows = node.is("Conv");
    boolean plane = shape.size() == 4;
    int height = plane ? shape.get(2).intValue() : 1;
    int width = shape.get(shape.size() - 1).intValue();
    Window down = plane && windows ? window(0, 2, height) : Window.none();
    Window along = windows ? window(plane ? 1 : 0, plane ? 2 : 1, width) : Window.none();
    int channels = shape.get(1).intValue() / groups;
    Plane each = new Plane(x, height, width, channels, down, along);
    int blocks = shape.get(0).intValue() * groups;
    for (int block = 0; block < blocks; block++) {
      each.add(block * channels * height * width, moments[block % groups], most);
    }
  }

  private Window window(int axis, int rank, int length) {
    return Window.of(node, weightDims.get(axis + 2).intValue(), axis, rank, length);
  }

  /** The channels of one image and one group, [channels, height, width]. */
  private record Plane(
      float[] values, int height, int width, int channels, Window down, Window along) {

    void add(int from, Moments moments, int most) {
      int rows = down.positions(height);
      int columns = along.positions(width);
      int step = coprime(Math.max(1, rows * columns / most), columns);
      int first = (int) (moments.count() % step);
      for (int at = first; at < rows * columns; at += step) {
        fill(moments.next(), from, at / columns, at % columns);
        moments.added();
      }
    }

    /** A step that does not fall on the same columns again and again. */
    private static int coprime(int step, int columns) {
      int at = step;
      while (at > 1 && BigInteger.valueOf(at).gcd(BigInteger.valueOf(columns)).intValue() > 1) {
        at--;
      }
      return at;
    }

    private void fill(double[] vector, int from, int y, int x) {
      int at = 0;
      for (int c = 0; c < channels; c++) {
        int image = from + c * height * width;
        for (int i = 0; i < down.kernel(); i++) {
          int row = down.index(y, i);
          for (int j = 0; j < along.kernel(); j++) {
            int column = along.index(x, j);
            boolean inside = row >= 0 && row < height && column >= 0 && column < width;
            vector[at++] = inside ? values[image + row * width + column] : 0;
          }
        }
      }
    }
  }
}
