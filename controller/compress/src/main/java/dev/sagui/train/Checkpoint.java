/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A training's state as a safetensors file: written beside the last one, then put in its place. */
public final class Checkpoint {
  private static final String STEPS = "steps";

  private Checkpoint() {}

  /**
   * Replaces {@code file} when all is on the disk; until then it stays as it was.
   *
   * @throws IOException the disk failed or is full
   */
  public static void write(TrainingState state, Path file) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    ByteBuffer steps = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    steps.putLong(state.done()).putLong(state.steps()).flip();
    tensors.add(new Tensor(STEPS, DataType.INT64, List.of(2L), steps));
    state.arrays().forEach((name, values) -> tensors.add(Tensor.of(name, values, values.length)));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(Safetensors.write(tensors));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * @throws RejectedException NOT_FOUND or BAD_REQUEST when there is no whole checkpoint
   */
  public static TrainingState read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "expected a checkpoint at %s, found nothing; start anew".formatted(file));
    }
    try {
      Map<String, float[]> arrays = new LinkedHashMap<>();
      long[] steps = new long[2];
      for (Tensor tensor : Safetensors.parse(Files.readAllBytes(file))) {
        if (tensor.name().equals(STEPS)) {
          tensor.data().asLongBuffer().get(steps);
        } else {
          arrays.put(tensor.name(), tensor.floats());
        }
      }
      return new TrainingState(steps[0], steps[1], arrays);
    } catch (RejectedException | java.nio.BufferUnderflowException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected a checkpoint in %s, but it is no whole one: %s; start anew"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
