/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real runtime on the demo's decoder. */
class OrtEngineIT {
  private static final Path MODELS = Path.of("../deploy/demo/models").toAbsolutePath();
  private static final TensorInfo Z = new TensorInfo("z", DataType.FP32, List.of(-1L, 32L));
  private static final TensorInfo IMAGE =
      new TensorInfo("image", DataType.FP32, List.of(-1L, 1L, 28L, 28L));

  @TempDir static Path home;

  private final OrtEngine engine = new OrtEngine(home.resolve("native"));

  private Session open(String file) {
    return engine.open(MODELS, file, List.of(Z), List.of(IMAGE), 1);
  }

  private static Tensor latents(int count) {
    return Tensor.of("z", new float[count * 32], count, 32);
  }

  @Test
  void runsTheDecoder() {
    try (Session session = open("fashion-vae-decoder.onnx")) {
      Tensor image = session.infer(List.of(latents(3))).get(0);
      assertEquals("image", image.name());
      assertEquals(List.of(3L, 1L, 28L, 28L), image.shape());
      for (float value : image.floats()) {
        assertTrue(value >= 0 && value <= 1);
      }
    }
  }

  @Test
  void answersManyThreadsAlike() {
    try (Session session = open("fashion-vae-decoder.onnx")) {
      Tensor expected = session.infer(List.of(latents(1))).get(0);
      List<CompletableFuture<Tensor>> answers =
          IntStream.range(0, 32)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> session.infer(List.of(latents(1))).get(0)))
              .toList();
      answers.forEach(answer -> assertEquals(expected.data(), answer.join().data()));
    }
  }

  @Test
  void refusesInputsThatTheModelDoesNotTake() {
    try (Session session = open("fashion-vae-decoder.onnx")) {
      RejectedException e =
          assertThrows(
              RejectedException.class,
              () -> session.infer(List.of(Tensor.of("z", new float[31], 1, 31))));
      assertEquals("input 'z' must be FP32 [-1, 32], found FP32 [1, 31]", e.getMessage());
    }
  }

  @Test
  void refusesAFileThatIsNoModel() throws IOException {
    Path folder = Files.createDirectories(home.resolve("broken"));
    Files.writeString(folder.resolve("model.onnx"), "no model");
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> engine.open(folder, "model.onnx", List.of(Z), List.of(IMAGE), 1));
    assertEquals(FailureCode.MODEL_DOES_NOT_LOAD, e.code());
  }

  @Test
  void aClosedSessionSaysSo() {
    Session session = open("fashion-vae-decoder.onnx");
    session.close();
    session.close();
    assertThrows(RejectedException.class, () -> session.infer(List.of(latents(1))));
  }

  @Test
  void unpacksTheNativeLibraryOnce() throws IOException {
    new OrtEngine(home.resolve("native"));
    try (Stream<Path> versions = Files.list(home.resolve("native"))) {
      assertEquals(1, versions.count());
    }
  }
}
