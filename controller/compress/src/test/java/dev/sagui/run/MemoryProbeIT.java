/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryProbeIT {
  private static final long WEIGHTS = 4L * 2048 * 8192;

  @TempDir Path folder;

  @Test
  void peakHoldsTheWeightsAndIsTheSameForAFolder() throws IOException {
    Assumptions.assumeTrue(Path.of("/proc/self/status").toFile().exists(), "needs Linux's /proc");
    OnnxModel model =
        OnnxModel.open(
            TestModels.write(TestModels.linear(2048, 8192, 1), folder.resolve("big.onnx")));
    Path written = java.nio.file.Files.createDirectory(folder.resolve("external"));
    ModelWriter.write(model, written, (what, fraction) -> {});
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.latents(0, 1)).first(1);
    long inside = MemoryProbe.peakBytes(model.file(), inputs).orElseThrow();
    long external = MemoryProbe.peakBytes(written, inputs).orElseThrow();
    assertTrue(inside > WEIGHTS && inside < 4 * WEIGHTS, "peak " + inside);
    assertTrue(external > WEIGHTS / 2 && external < 4 * WEIGHTS, "peak " + external);
  }

  @Test
  void modelThatDoesNotRunHasNoPeak() throws IOException {
    Tensor wrong = Tensor.of("z", new float[3], 1, 3);
    assertEquals(
        OptionalLong.empty(), MemoryProbe.peakBytes(DemoModels.VAE_DECODER, List.of(wrong)));
  }

  @Test
  void interruptEndsTheChild() throws Exception {
    long before = ProcessHandle.current().children().count();
    List<Tensor> inputs = List.of(Tensor.of("z", new float[32], 1, 32));
    AtomicReference<OptionalLong> told = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                told.set(MemoryProbe.peakBytes(DemoModels.VAE_DECODER, inputs));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    thread.start();
    while (ProcessHandle.current().children().count() == before) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join(10_000);
    assertEquals(OptionalLong.empty(), told.get());
    ProcessHandle.current().children().skip(before).forEach(child -> child.onExit().join());
    assertEquals(before, ProcessHandle.current().children().count());
  }
}
