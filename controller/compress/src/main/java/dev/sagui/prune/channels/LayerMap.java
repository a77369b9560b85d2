/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A layer as linear maps of vectors of its input, [channel, tap] in this order: one map, but for a
 * transposed convolution one for each residue of the output's position, which sees other taps.
 *
 * @param channels of the input
 * @param outputs channels that it gives
 * @param kernel length along each axis of an image, [height, width]; 1 where there is none
 */
record LayerMap(
    Consumer consumer, int channels, int outputs, List<Integer> kernel, List<Part> parts) {
  /**
   * Positions of the output with the same taps.
   *
   * @param taps of the kernel, row by row
   */
  record Part(int residueY, int residueX, List<Integer> taps) {}

  /** Empty for images of more than two axes, and geometries that are told by the output's shape. */
  static Optional<LayerMap> of(Consumer consumer, TensorProto weight) {
    List<Integer> dims = weight.getDimsList().stream().map(Long::intValue).toList();
    Node node = consumer.node();
    boolean told = node.is("ConvTranspose") && !node.text("auto_pad", "NOTSET").equals("NOTSET");
    if (dims.size() > 4 || told || !node.integers("output_shape").isEmpty()) {
      return Optional.empty();
    }
    int height = dims.size() == 4 ? dims.get(2) : 1;
    int width = dims.size() > 2 ? dims.get(dims.size() - 1) : 1;
    List<Part> parts = new ArrayList<>();
    boolean plane = dims.size() == 4;
    if (node.is("ConvTranspose")) {
      int along = plane ? 1 : 0;
      int rowStride = plane ? Geometry.at(node.integers("strides"), 0, 1) : 1;
      int columnStride = Geometry.at(node.integers("strides"), along, 1);
      for (int y = 0; y < rowStride; y++) {
        for (int x = 0; x < columnStride; x++) {
          parts.add(new Part(y, x, taps(node, List.of(height, width), plane, y, x)));
        }
      }
    } else {
      parts.add(new Part(0, 0, IntStream.range(0, height * width).boxed().toList()));
    }
    return Optional.of(
        new LayerMap(
            consumer,
            dims.get(consumer.inputAxis()),
            dims.get(consumer.outputAxis()),
            List.of(height, width),
            List.copyOf(parts)));
  }

  private static List<Integer> taps(Node node, List<Integer> kernel, boolean plane, int y, int x) {
    Geometry.Axis down = plane ? Geometry.Axis.of(node, 0, 2) : Geometry.Axis.NONE;
    Geometry.Axis along = Geometry.Axis.of(node, plane ? 1 : 0, plane ? 2 : 1);
    List<Integer> taps = new ArrayList<>();
    for (int i = 0; i < kernel.get(0); i++) {
      for (int j = 0; j < kernel.get(1); j++) {
        if (down.meets(y, i) && along.meets(x, j)) {
          taps.add(i * kernel.get(1) + j);
        }
      }
    }
    return taps;
  }

  boolean isTransposed() {
    return consumer.node().is("ConvTranspose");
  }

  /** Whether channels lie on axis 1 and not on the last. */
  boolean isConvolution() {
    return isTransposed() || consumer.node().is("Conv");
  }

  int kernelSize() {
    return kernel.get(0) * kernel.get(1);
  }

  /** The index in the weights of one number. */
  int element(int channel, int output, int tap) {
    return consumer.inputAxis() == 0
        ? (channel * outputs + output) * kernelSize() + tap
        : (output * channels + channel) * kernelSize() + tap;
  }

  /** Weights of some input and output channels of this map. */
  float[] sliced(float[] full, int[] in, int[] out) {
    LayerMap to = resized(in.length, out.length);
    float[] sliced = new float[in.length * out.length * kernelSize()];
    for (int c = 0; c < in.length; c++) {
      for (int o = 0; o < out.length; o++) {
        for (int t = 0; t < kernelSize(); t++) {
          sliced[to.element(c, o, t)] = full[element(in[c], out[o], t)];
        }
      }
    }
    return sliced;
  }

  /** The same layer with other widths. */
  LayerMap resized(int newChannels, int newOutputs) {
    return new LayerMap(consumer, newChannels, newOutputs, kernel, parts);
  }
}
