/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenFileIT {
  private static final int CHANNELS = 64;

  @TempDir Path folder;

  @Test
  void twoSmallSamplesOfALargeModelAreWhole() throws IOException {
    OnnxModel model = picture(-1, 1_000_000);
    Path golden = write(model, 16);
    assertEquals(List.of(2L, 1L, 16L, 16L), tensor(golden, "in:x").shape());
    assertFalse(Files.exists(folder.resolve(GoldenFile.SAMPLE)));
  }

  @Test
  void ofALargePictureOneSamplesMiddleIsKeptAndTheWholeToBeTimedOn() throws IOException {
    OnnxModel model = picture(-1, 1);
    Path golden = write(model, 320);
    Tensor small = tensor(golden, "in:x");
    Tensor whole = tensor(folder.resolve(GoldenFile.SAMPLE), "in:x");
    assertEquals(List.of(1L, 1L, 64L, 64L), small.shape());
    assertEquals(List.of(1L, 1L, 320L, 320L), whole.shape());
    assertEquals(whole.floats()[128 * 320 + 128], small.floats()[0], 0);
    try (OrtModel session = OrtModel.open(model.file(), 1)) { // as a device repeats it
      Tensor out = session.run(List.of(small.named("x"))).get(0);
      assertEquals(tensor(golden, "out:y").data(), out.data());
    }
    assertTrue(Files.size(golden) < Files.size(folder.resolve(GoldenFile.SAMPLE)) / 20);
  }

  @Test
  void aSizeThatIsNotFreeStays() throws IOException {
    Path golden = write(picture(320, 1), 320);
    assertEquals(List.of(1L, 1L, 320L, 320L), tensor(golden, "in:x").shape());
    assertFalse(Files.exists(folder.resolve(GoldenFile.SAMPLE)));
  }

  /** A model that takes pictures of a size and has about so many bytes of weights. */
  private OnnxModel picture(long side, int bytes) throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 1, side, side}))
            .addInitializer(TestModels.weights("w", 1, 1, 1, 3, 3))
            .addInitializer(TestModels.weights("b", 2, 1 + bytes / Float.BYTES))
            .addNode(TestModels.node("Conv", "h", "x", "w"))
            .addNode(TestModels.node("Relu", "y", "h"));
    return OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
  }

  /** Of four squares of that side. */
  private Path write(OnnxModel model, int side) throws IOException {
    String header =
        String.format(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 1, %d, %d), }\n", side, side);
    ByteBuffer npy =
        ByteBuffer.allocate(10 + header.length() + 4 * side * side * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    npy.putShort((short) header.length());
    npy.put(header.getBytes(StandardCharsets.US_ASCII));
    while (npy.hasRemaining()) {
      npy.putFloat(npy.position() % 251);
    }
    Path file = Files.write(folder.resolve("x.npy"), npy.array());
    return GoldenFile.write(
        model, Samples.of(model, Map.of("x", DataSpec.parse("npy:" + file))), folder);
  }

  private static Tensor tensor(Path file, String name) throws IOException {
    return Safetensors.parse(Files.readAllBytes(file)).stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
