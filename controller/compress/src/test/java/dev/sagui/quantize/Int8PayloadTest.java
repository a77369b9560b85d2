/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Int8PayloadTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyValueIsWithinHalfAStepOfItsChannel(long seed) throws IOException {
    Random random = new Random(seed);
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(3); i++) {
      dims.add(1L + random.nextInt(i < 2 ? 90 : 5));
    }
    int axis = random.nextInt(dims.size());
    ChannelLayout layout = ChannelLayout.axis(dims, axis);
    ByteString bytes =
        TestModels.weights("w", seed, dims.stream().mapToLong(d -> d).toArray()).getRawData();
    Payload weight = Payload.of(bytes);
    float[] scales = ChannelRanges.of(weight, layout).scales();
    ByteString stored = new Int8Payload(weight, layout, scales).toByteString();
    ByteBuffer values = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] largest = new float[layout.channels()];
    for (int i = 0; i < stored.size(); i++) {
      int channel = channel(dims, axis, i);
      float value = values.getFloat(4 * i);
      largest[channel] = Math.max(largest[channel], Math.abs(value));
      float back = stored.byteAt(i) * scales[channel];
      assertTrue(Math.abs(value - back) <= scales[channel] * 0.50001f, "element " + i);
    }
    for (int c = 0; c < largest.length; c++) {
      assertEquals(largest[c] / 127, scales[c], 1e-6 * scales[c] + Float.MIN_NORMAL);
    }
  }

  /** By a second path: from the coordinates of the element. */
  private static int channel(List<Long> dims, int axis, int index) {
    long inner = dims.subList(axis + 1, dims.size()).stream().reduce(1L, (a, b) -> a * b);
    return (int) (index / inner % dims.get(axis));
  }
}
