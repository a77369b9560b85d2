/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Reads vectors of a layer's input and of what it gives. */
final class LayerRows {
  /** Gets a vector of a part. */
  @FunctionalInterface
  interface Sink {
    void take(int part, float[] row);
  }

  private LayerRows() {}

  /** The inputs [channel, tap] of one batch at drawn positions. */
  static void inputs(LayerMap map, Tensor input, Positions positions, Sink into) {
    float[] x = input.floats();
    List<Long> shape = input.shape();
    if (!map.isConvolution()) {
      int size = map.channels();
      positions.next(
          shape,
          (part, image, row, column) ->
              into.take(part, Arrays.copyOfRange(x, image * size, (image + 1) * size)));
      return;
    }
    Geometry geometry = Geometry.of(map, shape);
    int height = shape.size() == 4 ? shape.get(2).intValue() : 1;
    int width = shape.get(shape.size() - 1).intValue();
    Image image = new Image(x, map.channels(), height, width);
    positions.next(
        geometry.output(map, shape),
        (part, at, row, column) ->
            into.take(part, image.row(geometry, map, map.parts().get(part), at, row, column)));
  }

  private record Image(float[] values, int channels, int height, int width) {
    float[] row(
        Geometry geometry, LayerMap map, LayerMap.Part part, int image, int atRow, int atColumn) {
      int taps = part.taps().size();
      float[] row = new float[channels * taps];
      for (int t = 0; t < taps; t++) {
        int tap = part.taps().get(t);
        int y = geometry.row(atRow, tap / map.kernel().get(1));
        int x = geometry.column(atColumn, tap % map.kernel().get(1));
        if (y < 0 || y >= height || x < 0 || x >= width) {
          continue;
        }
        int from = (image * channels * height + y) * width + x;
        for (int c = 0; c < channels; c++) {
          row[c * taps + t] = values[from + c * height * width];
        }
      }
      return row;
    }
  }

  /** The channels of a value of the output's shape at drawn positions. */
  static void outputs(LayerMap map, Tensor output, Positions positions, Sink into) {
    float[] y = output.floats();
    List<Long> shape = output.shape();
    int channels = shape.get(map.isConvolution() ? 1 : shape.size() - 1).intValue();
    int width = map.isConvolution() ? shape.get(shape.size() - 1).intValue() : 1;
    int area = width * (map.isConvolution() && shape.size() == 4 ? shape.get(2).intValue() : 1);
    positions.next(
        shape,
        (part, image, row, column) -> {
          float[] values = new float[channels];
          for (int c = 0; c < channels; c++) {
            values[c] = y[(image * channels + c) * area + row * width + column];
          }
          into.take(part, values);
        });
  }
}
