/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import dev.sagui.quantize.gram.Window;
import java.util.ArrayList;
import java.util.List;

/** Where a layer's taps fall in an image. */
record Geometry(boolean transposed, Window down, Window along, Axis rows, Axis columns) {
  /** Along one axis of a transposed convolution. */
  record Axis(int stride, int dilation, int pad, int padAfter, int more) {
    static final Axis NONE = new Axis(1, 1, 0, 0, 0);

    static Axis of(Node node, int axis, int rank) {
      return new Axis(
          at(node.integers("strides"), axis, 1),
          at(node.integers("dilations"), axis, 1),
          at(node.integers("pads"), axis, 0),
          at(node.integers("pads"), axis + rank, 0),
          at(node.integers("output_padding"), axis, 0));
    }

    long output(long length, int kernel) {
      return stride * (length - 1) + more + (kernel - 1L) * dilation + 1 - pad - padAfter;
    }

    /** Whether output positions of a residue take a tap. */
    boolean meets(int residue, int tap) {
      return Math.floorMod(residue + pad - tap * dilation, stride) == 0;
    }

    int index(int at, int tap) {
      return Math.floorDiv(at + pad - tap * dilation, stride);
    }
  }

  static Geometry of(LayerMap map, List<Long> input) {
    Node node = map.consumer().node();
    boolean plane = input.size() == 4;
    int along = plane ? 1 : 0;
    int rank = plane ? 2 : 1;
    if (map.isTransposed()) {
      return new Geometry(
          true,
          Window.none(),
          Window.none(),
          plane ? Axis.of(node, 0, rank) : Axis.NONE,
          Axis.of(node, along, rank));
    }
    int width = input.get(input.size() - 1).intValue();
    return new Geometry(
        false,
        plane
            ? Window.of(node, map.kernel().get(0), 0, rank, input.get(2).intValue())
            : Window.none(),
        Window.of(node, map.kernel().get(1), along, rank, width),
        Axis.NONE,
        Axis.NONE);
  }

  /** The shape of what a layer gives for an input; its channels are the map's. */
  List<Long> output(LayerMap map, List<Long> input) {
    List<Long> shape = new ArrayList<>(List.of(input.get(0), (long) map.outputs()));
    if (input.size() == 4) {
      shape.add(length(map, rows, down, 0, input.get(2)));
    }
    shape.add(length(map, columns, along, 1, input.get(input.size() - 1)));
    return shape;
  }

  private long length(LayerMap map, Axis axis, Window window, int side, long length) {
    return transposed
        ? axis.output(length, map.kernel().get(side))
        : window.positions((int) length);
  }

  int row(int at, int tap) {
    return transposed ? rows.index(at, tap) : down.index(at, tap);
  }

  int column(int at, int tap) {
    return transposed ? columns.index(at, tap) : along.index(at, tap);
  }

  static int at(List<Long> values, int index, int otherwise) {
    return index < values.size() ? values.get(index).intValue() : otherwise;
  }
}
