/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.quantize.WeightGrid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Integers that DequantizeLinear makes a weight of, and the grid that they lie on.
 *
 * @param value that the node gives
 * @param integers the initializer that it reads
 * @param axis along which scales differ; 0 where one scale holds for all
 * @param zeros points, one a scale
 * @param grid of rows along the axis, where neighbours limit each other
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record IntegerWeight(
    String value,
    String integers,
    ElementType type,
    List<Long> dims,
    int axis,
    float[] scales,
    int[] zeros,
    Optional<WeightGrid> grid) {
  /** Where an element lies: its scale, and its place among those of that scale. */
  private interface Visit {
    void at(int element, int scale);
  }

  private void forEach(Visit visit) {
    int channels = scales.length;
    int inner = 1;
    for (int i = axis + 1; i < dims.size(); i++) {
      inner *= dims.get(i).intValue();
    }
    int outer = Math.max(1, elements() / Math.max(1, channels * inner));
    if (channels == 1) {
      inner = elements();
      outer = 1;
    }
    int element = 0;
    for (int o = 0; o < outer; o++) {
      for (int c = 0; c < channels; c++) {
        for (int i = 0; i < inner; i++) {
          visit.at(element++, c);
        }
      }
    }
  }

  int elements() {
    return Math.toIntExact(dims.stream().reduce(1L, Math::multiplyExact));
  }

  /** The value of each integer. */
  float[] dequantized(long[] levels) {
    float[] values = new float[levels.length];
    forEach((e, c) -> values[e] = (levels[e] - zeros[c]) * scales[c]);
    return values;
  }

  /** The nearest integers to some values. */
  int[] nearest(float[] values) {
    int[] levels = new int[values.length];
    if (grid.isPresent()) {
      paired(values, levels, grid.get());
      return levels;
    }
    double low = lowest();
    double high = highest();
    forEach(
        (e, c) ->
            levels[e] =
                (int)
                    Math.max(
                        low, Math.min(high, Math.rint((double) values[e] / scales[c]) + zeros[c])));
    return levels;
  }

  /** Row by row, for neighbours in a row limit each other. */
  private void paired(float[] values, int[] levels, WeightGrid rows) {
    int length = elements() / scales.length;
    int[][] places = new int[scales.length][length];
    int[] filled = new int[scales.length];
    forEach((e, c) -> places[c][filled[c]++] = e);
    float[] row = new float[length];
    for (int c = 0; c < scales.length; c++) {
      for (int i = 0; i < length; i++) {
        row[i] = values[places[c][i]];
      }
      byte[] steps = rows.nearest(row, scales[c]);
      for (int i = 0; i < length; i++) {
        levels[places[c][i]] = steps[i] + zeros[c];
      }
    }
  }

  private double lowest() {
    return switch (type) {
      case UINT8 -> 0;
      case INT8 -> Byte.MIN_VALUE;
      default -> Integer.MIN_VALUE;
    };
  }

  private double highest() {
    return switch (type) {
      case UINT8 -> 255;
      case INT8 -> Byte.MAX_VALUE;
      default -> Integer.MAX_VALUE;
    };
  }

  /** Integers as the initializer holds them. */
  ByteString bytes(int[] levels) {
    boolean wide = type == ElementType.INT32;
    ByteBuffer bytes =
        ByteBuffer.allocate(levels.length * (wide ? Integer.BYTES : 1))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int level : levels) {
      if (wide) {
        bytes.putInt(level);
      } else {
        bytes.put((byte) level);
      }
    }
    return ByteString.copyFrom(bytes.flip());
  }
}
