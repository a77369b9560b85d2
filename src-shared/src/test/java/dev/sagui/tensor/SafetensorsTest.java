/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  private final Tensor input = Tensor.of("in:z", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
  private final Tensor output = Tensor.of("out:y", new float[] {-1}, 1);

  @Test
  void survivesARoundTrip() {
    List<Tensor> read = Safetensors.parse(Safetensors.write(List.of(input, output)));
    assertEquals(List.of("in:z", "out:y"), read.stream().map(Tensor::name).toList());
    assertEquals(List.of(2L, 3L), read.get(0).shape());
    assertArrayEquals(input.floats(), read.get(0).floats());
  }

  @Test
  void headerIsAlignedAsTheFormatRecommends() {
    byte[] file = Safetensors.write(List.of(input));
    assertEquals(0, ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000000],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,4],\"data_offsets\":[0,4]}}",
      })
  void refusesHeadersThatLie(String header) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] file =
        ByteBuffer.allocate(8 + json.length + 4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .putInt(0)
            .array();
    RejectedException e = assertThrows(RejectedException.class, () -> Safetensors.parse(file));
    assertEquals(FailureCode.BAD_TENSOR, e.code());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void truncatedFilesAreRejectedAndNothingElseHappens(long seed) {
    byte[] file = Safetensors.write(List.of(input, output));
    int length = new Random(seed).nextInt(file.length - 1);
    byte[] cut = java.util.Arrays.copyOf(file, length);
    assertThrows(RejectedException.class, () -> Safetensors.parse(cut));
  }

  @Test
  void aTensorHasExactlyTheBytesOfItsShape() {
    assertThrows(
        RejectedException.class,
        () -> new Tensor("a", DataType.FP32, List.of(2L), ByteBuffer.allocate(4)));
  }
}
