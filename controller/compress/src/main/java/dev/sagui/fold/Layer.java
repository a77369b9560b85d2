/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Node;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A layer with constant float32 weights and a constant bias or none.
 *
 * @param channels of its output
 * @param group of a convolution
 */
record Layer(Node node, TensorProto weight, int channels, int group) {
  static boolean isLayer(Node node) {
    return node.is("Conv") || node.is("ConvTranspose") || node.is("Gemm");
  }

  static Optional<Layer> of(Bench bench, Node node) throws IOException {
    Optional<TensorProto> weight =
        bench
            .graph()
            .constant(node.input(1))
            .filter(w -> w.getDataType() == ElementType.FLOAT.number());
    if (weight.isEmpty() || !plainBias(bench, node)) {
      return Optional.empty();
    }
    List<Long> dims = weight.get().getDimsList();
    int group = (int) node.integer("group", 1);
    long channels =
        switch (node.op()) {
          case "ConvTranspose" -> dims.get(1) * group;
          case "Gemm" -> dims.get(node.integer("transB", 0) == 1 ? 0 : 1);
          default -> dims.get(0);
        };
    return Optional.of(new Layer(node, weight.get(), (int) channels, group));
  }

  /** Gemm's C may be a matrix, and is scaled by beta. */
  private static boolean plainBias(Bench bench, Node node) throws IOException {
    if (node.is("Gemm") && (node.number("alpha", 1) != 1 || node.number("beta", 1) != 1)) {
      return false;
    }
    return !node.hasInput(2)
        || (bench.floats(node.input(2)).isPresent()
            && bench.dims(node.input(2)).orElseThrow().size() == 1);
  }

  double[] bias(Bench bench) throws IOException {
    double[] given = node.hasInput(2) ? bench.floats(node.input(2)).orElseThrow() : new double[1];
    if (given.length == channels) {
      return given;
    }
    return BatchNormFolding.filled(channels, given[0]);
  }

  /** The weights with each output channel times its factor. */
  TensorProto scaled(Bench bench, double[] factors) {
    List<Long> dims = weight.getDimsList();
    long kernel = dims.stream().skip(2).reduce(1L, (a, b) -> a * b);
    return switch (node.op()) {
      case "ConvTranspose" -> scaled(bench, grouped(factors, dims), kernel);
      case "Gemm" -> scaled(bench, factors, node.integer("transB", 0) == 1 ? dims.get(1) : 1);
      default -> scaled(bench, factors, dims.get(1) * kernel);
    };
  }

  /** For weights [C, M/group, …]: the factors of each input channel's group, in order. */
  private double[] grouped(double[] factors, List<Long> dims) {
    int inputs = dims.get(0).intValue();
    int each = dims.get(1).intValue();
    double[] all = new double[inputs * each];
    for (int c = 0; c < inputs; c++) {
      System.arraycopy(factors, c / (inputs / group) * each, all, c * each, each);
    }
    return all;
  }

  private TensorProto scaled(Bench bench, double[] factors, long inner) {
    return bench
        .model()
        .attach(weight, new ScaledPayload(bench.model().payload(weight), factors, inner));
  }

  /** A constant that has one number, or one for each channel of this layer's output. */
  Optional<double[]> perChannel(Bench bench, String value) throws IOException {
    Optional<double[]> found = bench.floats(value);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<Long> dims = bench.dims(value).orElseThrow();
    int rank = node.is("Gemm") ? 2 : weight.getDimsCount();
    if (found.get().length == 1 && dims.size() <= rank) {
      return Optional.of(BatchNormFolding.filled(channels, found.get()[0]));
    }
    int after = rank - 2; // dimensions behind the channel
    int axis = dims.size() - 1 - after;
    boolean matches =
        found.get().length == channels
            && axis >= 0
            && dims.size() <= rank
            && dims.get(axis) == channels;
    return matches ? found : Optional.empty();
  }
}
