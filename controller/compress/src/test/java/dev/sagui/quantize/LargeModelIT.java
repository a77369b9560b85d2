/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LargeModelIT {
  private static final int SIDE = 4096;
  private static final int LAYERS = 23;
  private static final long LAYER_BYTES = 4L * SIDE * SIDE;

  @TempDir Path folder;

  /** The child: imports and stores under a small heap. */
  public static final class StoreOnce {
    private StoreOnce() {}

    public static void main(String[] args) throws IOException {
      OnnxModel model = OnnxModel.open(Path.of(args[0]));
      StoredModel result = WeightStore.apply(model, StoreFormat.INT8, Progress.NONE);
      ModelWriter.write(result.model(), Path.of(args[1]), Progress.NONE);
      System.out.println(OnnxModel.open(Path.of(args[1])).facts().parameters());
    }
  }

  @Test
  void oneFileOfOneAndAHalfGigabytesIsStoredInASmallHeap() throws Exception {
    Path model = folder.resolve("large.onnx");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(model), 1 << 20)) {
      writeSingleFile(out);
    }
    assertTrue(Files.size(model) > 1_500_000_000L);
    storesInASmallHeap(model);
  }

  @Test
  void externalDataOfOneAndAHalfGigabytesAreStoredInASmallHeap() throws Exception {
    GraphProto.Builder graph = nodes();
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("w.bin")), 1 << 20)) {
      for (int layer = 0; layer < LAYERS; layer++) {
        TensorProto.Builder tensor =
            TestModels.external("w" + layer, "w.bin", LAYER_BYTES, SIDE, SIDE).toBuilder();
        tensor.getExternalDataBuilder(1).setValue(Long.toString(layer * LAYER_BYTES));
        graph.addInitializer(tensor);
        writeLayer(out, layer);
      }
    }
    storesInASmallHeap(TestModels.write(TestModels.model(graph), folder.resolve("large.onnx")));
  }

  private void storesInASmallHeap(Path model) throws IOException, InterruptedException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=64m",
                "-cp",
                System.getProperty("java.class.path"),
                StoreOnce.class.getName(),
                model.toString(),
                out.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String told = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(child.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, child.exitValue());
    // weights, and a scale for each of a layer's columns
    assertEquals((long) LAYERS * SIDE * (SIDE + 1), Long.parseLong(told.strip()));
    assertTrue(Files.size(out.resolve(ModelWriter.DATA_FILE)) < 0.26 * LAYERS * LAYER_BYTES);
  }

  private static GraphProto.Builder nodes() {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, SIDE}));
    for (int layer = 0; layer < LAYERS; layer++) {
      String from = layer == 0 ? "x" : "h" + layer;
      String to = layer == LAYERS - 1 ? "y" : "h" + (layer + 1);
      graph.addNode(TestModels.node("MatMul", to, from, "w" + layer));
    }
    return graph;
  }

  /** The message field by field, so that no layer is in memory. */
  private static void writeSingleFile(OutputStream file) throws IOException {
    GraphProto graph = nodes().build();
    ModelProto head = TestModels.model(GraphProto.newBuilder()).toBuilder().clearGraph().build();
    long bytes = graph.getSerializedSize();
    for (int layer = 0; layer < LAYERS; layer++) {
      long tensor = tensorBytes(layer);
      bytes += 1 + CodedOutputStream.computeUInt64SizeNoTag(tensor) + tensor;
    }
    CodedOutputStream out = CodedOutputStream.newInstance(file, 1 << 16);
    head.writeTo(out);
    out.writeTag(ModelProto.GRAPH_FIELD_NUMBER, 2);
    out.writeUInt64NoTag(bytes);
    graph.writeTo(out);
    for (int layer = 0; layer < LAYERS; layer++) {
      out.writeTag(GraphProto.INITIALIZER_FIELD_NUMBER, 2);
      out.writeUInt64NoTag(tensorBytes(layer));
      header(layer).writeTo(out);
      out.writeTag(TensorProto.RAW_DATA_FIELD_NUMBER, 2);
      out.writeUInt64NoTag(LAYER_BYTES);
      out.flush();
      writeLayer(file, layer);
    }
    out.flush();
  }

  private static long tensorBytes(int layer) {
    return header(layer).getSerializedSize()
        + 1
        + CodedOutputStream.computeUInt64SizeNoTag(LAYER_BYTES)
        + LAYER_BYTES;
  }

  private static TensorProto header(int layer) {
    return TensorProto.newBuilder()
        .setName("w" + layer)
        .setDataType(1)
        .addDims(SIDE)
        .addDims(SIDE)
        .build();
  }

  private static void writeLayer(OutputStream out, int layer) throws IOException {
    ByteBuffer row = ByteBuffer.allocate(4 * SIDE).order(ByteOrder.LITTLE_ENDIAN);
    for (int y = 0; y < SIDE; y++) {
      row.clear();
      for (int x = 0; x < SIDE; x++) {
        row.putFloat(((y * 31 + x * 17 + layer) % 255 - 127) * 1e-3f);
      }
      out.write(row.array());
    }
  }
}
