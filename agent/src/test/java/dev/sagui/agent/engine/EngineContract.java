/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent needs of any engine, shown on a model that doubles. */
abstract class EngineContract {
  private static final List<TensorInfo> X =
      List.of(new TensorInfo("x", DataType.FP32, List.of(-1L, 4L)));
  private static final List<TensorInfo> Y =
      List.of(new TensorInfo("y", DataType.FP32, List.of(-1L, 4L)));

  @TempDir Path folder;

  abstract Engine engine();

  @BeforeEach
  void writeModel() throws IOException {
    try (InputStream in = Engine.class.getResourceAsStream("/dev/sagui/agent/rehearsal.onnx")) {
      Files.copy(Objects.requireNonNull(in), folder.resolve("model.onnx"));
    }
  }

  private Session open() {
    return engine().open(folder, "model.onnx", X, Y, 1);
  }

  @Test
  void answersWithTheModelsOutputs() {
    try (Session session = open()) {
      List<Tensor> found = session.infer(List.of(Tensor.of("x", new float[] {1, 2, 3, -4}, 1, 4)));
      assertEquals(1, found.size());
      assertEquals("y", found.get(0).name());
      assertEquals(List.of(1L, 4L), found.get(0).shape());
      assertArrayEquals(new float[] {2, 4, 6, -8}, found.get(0).floats());
    }
  }

  @Test
  void takesAnyLengthOfAFreeDimension() {
    try (Session session = open()) {
      List<Tensor> found = session.infer(List.of(Tensor.of("x", new float[12], 3, 4)));
      assertEquals(List.of(3L, 4L), found.get(0).shape());
    }
  }

  @Test
  void copiesItsOutputs() {
    try (Session session = open()) {
      Tensor first = session.infer(List.of(Tensor.of("x", new float[] {1, 1, 1, 1}, 1, 4))).get(0);
      session.infer(List.of(Tensor.of("x", new float[] {9, 9, 9, 9}, 1, 4)));
      assertArrayEquals(new float[] {2, 2, 2, 2}, first.floats());
    }
  }

  @Test
  void refusesAWrongShapeWithAllThatIsKnown() {
    try (Session session = open()) {
      RejectedException e =
          assertThrows(
              RejectedException.class,
              () -> session.infer(List.of(Tensor.of("x", new float[5], 1, 5))));
      assertEquals(FailureCode.BAD_TENSOR, e.code());
      assertEquals("input 'x' must be FP32 [-1, 4], found FP32 [1, 5]", e.getMessage());
    }
  }

  @Test
  void refusesAFileThatIsNoModel() throws IOException {
    Files.writeString(folder.resolve("broken.onnx"), "broken: this is text");
    RejectedException e =
        assertThrows(RejectedException.class, () -> engine().open(folder, "broken.onnx", X, Y, 1));
    assertEquals(FailureCode.MODEL_DOES_NOT_LOAD, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("broken.onnx"));
  }

  @Test
  void refusesAFileThatIsNotThere() {
    RejectedException e =
        assertThrows(RejectedException.class, () -> engine().open(folder, "none.onnx", X, Y, 1));
    assertEquals(FailureCode.MODEL_DOES_NOT_LOAD, e.code());
  }

  @Test
  void refusesToRunOnceClosed() {
    Session session = open();
    session.close();
    session.close();
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> session.infer(List.of(Tensor.of("x", new float[4], 1, 4))));
    assertEquals(FailureCode.NOT_FOUND, e.code());
  }

  @Test
  void answersEachOfManyThreadsWithItsOwn() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Session session = open()) {
      List<Future<Boolean>> all =
          IntStream.range(0, 200)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            Tensor x = Tensor.of("x", new float[] {i, i, i, i}, 1, 4);
                            return session.infer(List.of(x)).get(0).floats()[3] == 2f * i;
                          }))
              .toList();
      for (Future<Boolean> one : all) {
        assertTrue(one.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void tellsItsVersion() {
    assertFalse(engine().version().isBlank());
  }
}
