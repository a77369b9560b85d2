/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class Int4PayloadTest {
  @Test
  void firstElementLiesInTheLowHalfOfAByte() throws IOException {
    Payload packed =
        new Int4Payload(
            floats(1, -1, 7, 100, -100), ChannelLayout.axis(List.of(1L, 5L), 0), new float[] {1});
    assertEquals(3, packed.bytes());
    assertArrayEquals(new byte[] {(byte) 0xF1, 0x77, 0x08}, packed.toByteString().toByteArray());
  }

  @Test
  void scaleTurnsTheLongerSideToTheLongerTail() throws IOException {
    Payload weight = floats(8, 1, -2, 3);
    ChannelLayout layout = ChannelLayout.axis(List.of(1L, 4L), 0);
    float[] scales = Int4Scales.of(weight, layout, ChannelRanges.of(weight, layout), 4);
    assertEquals(-1, scales[0], 1e-6);
  }

  private static Payload floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Payload.of(ByteString.copyFrom(bytes));
  }
}
