/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.cli.Main;
import dev.sagui.json.Fields;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of more than 2 GB, its weights in a file that is mostly holes, under a small heap. */
@Tag("slow")
class LargeTrapIT {
  private static final int SIDE = 4096;
  private static final int LAYERS = 33;
  private static final long LAYER_BYTES = 4L * SIDE * SIDE;

  /** Of each layer, so many rows are no holes. */
  private static final int ROWS = 8;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"--store, int8", "--quantize, dynamic"})
  void isCompressedUnderASmallHeap(String option, String form)
      throws IOException, InterruptedException {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Assumptions.assumeTrue(
        system.getFreeMemorySize() > 10L << 30,
        "skipped: ONNX Runtime needs 10 GB of free memory to run both models");
    Path model = model();
    Path out = folder.resolve("out");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "compress",
                model.toString(),
                option,
                form,
                "--data",
                "latent:normal:0:4",
                "--out",
                out.toString(),
                "--quiet")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, child.waitFor());
    Fields report = Fields.parse(Files.readAllBytes(out.resolve("report.json")));
    assertTrue(report.object("input").integer("bytes") > 2L << 30);
    List<Fields> steps = report.objects("steps", step -> step);
    Fields last = steps.get(steps.size() - 1);
    assertTrue(last.flag("changed") || last.flag("reverted"), last.string("reason"));
    if (last.flag("changed")) {
      double share =
          report.object("output").number("bytes") / report.object("input").number("bytes");
      assertTrue(share < 0.26, "share " + share);
      assertTrue(report.object("quality").number("sqnr_db") > 25);
    }
  }

  /** y = Σ x · wᵢ, each layer other numbers. */
  private Path model() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, SIDE}));
    try (FileChannel data =
        FileChannel.open(
            folder.resolve("w.bin"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int layer = 0; layer < LAYERS; layer++) {
        ByteBuffer rows =
            TestModels.weights("w", layer, ROWS, SIDE).getRawData().asReadOnlyByteBuffer();
        data.write(rows, layer * LAYER_BYTES);
        TensorProto.Builder tensor =
            TestModels.external("w" + layer, "w.bin", LAYER_BYTES, SIDE, SIDE).toBuilder();
        tensor.getExternalDataBuilder(1).setValue(Long.toString(layer * LAYER_BYTES));
        graph.addInitializer(tensor);
        graph.addNode(TestModels.node("MatMul", "h" + layer, "x", "w" + layer));
      }
      data.write(ByteBuffer.allocate(1), LAYERS * LAYER_BYTES - 1);
    }
    String[] parts = new String[LAYERS];
    java.util.Arrays.setAll(parts, i -> "h" + i);
    graph.addNode(TestModels.node("Sum", "y", parts));
    return TestModels.write(TestModels.model(graph), folder.resolve("large.onnx"));
  }
}
