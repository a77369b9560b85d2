/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolEntropyTest {
  @TempDir Path folder;

  @Test
  void fourLikelySymbolsTakeTwoBitsEach() throws IOException {
    byte[] bytes = new byte[1000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i % 4);
    }
    SymbolEntropy entropy = of(ElementType.INT8, 1000, bytes);
    assertEquals(250, entropy.bounds().getOrDefault("t", 0.0), 1e-9);
    assertEquals(1000, entropy.bytes());
    assertEquals(250, entropy.boundBytes());
  }

  @Test
  void oneSymbolTakesNothing() throws IOException {
    assertEquals(0, of(ElementType.UINT8, 512, new byte[512]).boundBytes());
  }

  /** 0x10 holds a 0 and a 1; the padding of the last byte is no symbol. */
  @Test
  void halfBytesAreSymbolsWithoutTheirPadding() throws IOException {
    byte[] bytes = new byte[150];
    java.util.Arrays.fill(bytes, (byte) 0x10);
    bytes[149] = 0x01;
    double ones = 150;
    double zeros = 149;
    double bits = ones * Math.log(299 / ones) + zeros * Math.log(299 / zeros);
    SymbolEntropy entropy = of(ElementType.INT4, 299, bytes);
    assertEquals(bits / Math.log(2) / 8, entropy.bounds().getOrDefault("t", 0.0), 1e-9);
  }

  @Test
  void floatsAndSmallTensorsAreNoMatterOfIt() throws IOException {
    assertEquals(Map.of(), of(ElementType.FLOAT, 256, new byte[1024]).bounds());
    assertEquals(Map.of(), of(ElementType.INT8, 16, new byte[16]).bounds());
  }

  private SymbolEntropy of(ElementType type, long elements, byte[] bytes) throws IOException {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName("t")
            .setDataType(type.number())
            .addDims(elements)
            .setRawData(ByteString.copyFrom(bytes))
            .build();
    return SymbolEntropy.of(
        OnnxModel.open(
            TestModels.write(
                TestModels.model(
                    TestModels.graph(List.of("x"), List.of(new long[] {1}))
                        .addInitializer(tensor)
                        .addNode(TestModels.node("Identity", "y", "x"))),
                folder.resolve("in.onnx"))));
  }
}
