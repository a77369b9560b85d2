/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import dev.sagui.wire.BenchReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildBenchesIT {
  @TempDir Path folder;

  @Test
  void aBenchThatGotNoProcessorSaysNothingOfItsModel() throws Exception {
    AtomicLong clock = new AtomicLong();
    BenchTask.Part none = new BenchTask.Part(folder, "none", List.of(), List.of(), folder);
    Benches.Run run = benches(clock::get).begin(new BenchTask(none, none, 1, 1, 0, 1 << 20));
    clock.set(Long.MAX_VALUE / 2); // long after its limit of a minute, of which it had no second
    BenchReport.Outcome outcome = run.outcome().orElseThrow();
    assertEquals(BenchReport.Kind.INTERRUPTED, outcome.kind());
    assertTrue(outcome.reason().contains("no processor"), outcome.reason());
  }

  @Test
  void aProcessThatCannotHaveItsMemoryFailsAlone() throws Exception {
    BenchTask.Part model = model();
    Benches.Run run =
        benches(System::nanoTime).begin(new BenchTask(model, model, 1, 1, 0, -(160L << 20)));
    assertEquals(BenchReport.Kind.FAILED, await(run).kind());
    Benches.Run next =
        benches(System::nanoTime).begin(new BenchTask(model, model, 1, 0.1, 0, 1 << 30));
    BenchReport.Outcome outcome = await(next);
    assertEquals(BenchReport.Kind.MEASURED, outcome.kind(), outcome.reason());
  }

  private BenchTask.Part model() throws IOException {
    try (InputStream in =
        ChildBenchesIT.class.getResourceAsStream("/dev/sagui/agent/rehearsal.onnx")) {
      Files.copy(Objects.requireNonNull(in), folder.resolve("model.onnx"));
    }
    Path golden = folder.resolve("golden.safetensors");
    Files.write(
        golden,
        Safetensors.write(
            List.of(
                Tensor.of("in:x", new float[] {1, 2, 3, 4}, 1, 4),
                Tensor.of("out:y", new float[] {2, 4, 6, 8}, 1, 4))));
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(-1L, 4L));
    TensorInfo y = new TensorInfo("y", DataType.FP32, List.of(-1L, 4L));
    return new BenchTask.Part(folder, "model.onnx", List.of(x), List.of(y), golden);
  }

  private static BenchReport.Outcome await(Benches.Run run) throws Exception {
    Optional<BenchReport.Outcome> outcome = run.outcome();
    while (outcome.isEmpty()) {
      Thread.sleep(20);
      outcome = run.outcome();
    }
    run.abandon();
    return outcome.get();
  }

  private ChildBenches benches(LongSupplier nanoClock) {
    return new ChildBenches(folder.resolve("bench"), folder.resolve("native"), nanoClock);
  }
}
