/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.quantize.WeightGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Integers that a weight is made of, and the grid that they lie on.
 *
 * @param value that it makes
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
    Optional<WeightGrid> grid)
    implements FreedWeight {
  /** The same with other scales, one for each of these. */
  IntegerWeight with(float[] others) {
    return new IntegerWeight(value, integers, type, dims, axis, others, zeros, grid);
  }

  @Override
  public Map<String, UnaryOperator<float[]>> projections() {
    return Map.of(value, values -> dequantized(nearest(values)));
  }

  @Override
  public Map<String, ByteString> stored(Trained trained) throws IOException {
    return Map.of(integers, bytes(nearest(trained.of(value))));
  }

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
  float[] dequantized(int[] levels) {
    float[] values = new float[levels.length];
    forEach((e, c) -> values[e] = (levels[e] - zeros[c]) * scales[c]);
    return values;
  }

  /** Whether no more of these stand for zero than rounding makes: twice those a step away. */
  boolean roundedToZero(int[] levels) {
    int[] counts = new int[2];
    forEach(
        (e, c) -> {
          int away = Math.abs(levels[e] - zeros[c]);
          if (away < counts.length) {
            counts[away]++;
          }
        });
    return counts[0] <= 2 * counts[1];
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

  double lowest() {
    return switch (type) {
      case UINT8, UINT4, UINT2 -> 0;
      case INT4 -> -8;
      case INT8 -> Byte.MIN_VALUE;
      default -> Integer.MIN_VALUE;
    };
  }

  double highest() {
    return switch (type) {
      case UINT8 -> 255;
      case UINT4 -> 15;
      case UINT2 -> 3;
      case INT4 -> 7;
      case INT8 -> Byte.MAX_VALUE;
      default -> Integer.MAX_VALUE;
    };
  }

  /** Integers as the initializer holds them; of few bits the first of a byte in its lowest ones. */
  ByteString bytes(int[] levels) {
    if (type == ElementType.INT32) {
      ByteBuffer words =
          ByteBuffer.allocate(levels.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      words.asIntBuffer().put(levels);
      return ByteString.copyFrom(words);
    }
    int bits = type.bits();
    int each = Byte.SIZE / bits;
    byte[] packed = new byte[(levels.length + each - 1) / each];
    for (int i = 0; i < levels.length; i++) {
      packed[i / each] |= (byte) ((levels[i] & ((1 << bits) - 1)) << (i % each * bits));
    }
    return ByteString.copyFrom(packed);
  }

  /** The integers that {@link #bytes} were made of. */
  int[] levels(ByteString bytes) {
    int[] levels = new int[elements()];
    if (type == ElementType.INT32) {
      bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(levels);
      return levels;
    }
    int bits = type.bits();
    int each = Byte.SIZE / bits;
    boolean signed = lowest() < 0;
    for (int i = 0; i < levels.length; i++) {
      int field = (bytes.byteAt(i / each) >> (i % each * bits)) & ((1 << bits) - 1);
      levels[i] = signed ? field << (Integer.SIZE - bits) >> (Integer.SIZE - bits) : field;
    }
    return levels;
  }
}
