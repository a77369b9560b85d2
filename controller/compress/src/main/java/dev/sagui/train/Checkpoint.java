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
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training's state as a safetensors file: "steps" [2] with those done and those in all, then a
 * tensor for each parameter, of its name and shape, behind "values.", "average." and "moment0." …
 */
public final class Checkpoint {
  private static final String STEPS = "steps";

  private Checkpoint() {}

  /** The file. */
  public static byte[] bytes(TrainingState state) {
    ByteBuffer steps = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    steps.putLong(state.done()).putLong(state.steps()).flip();
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(new Tensor(STEPS, DataType.INT64, List.of(2L), steps));
    state.tensors().forEach((name, tensor) -> tensors.add(tensor.named(name)));
    return Safetensors.write(tensors);
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
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      long[] steps = new long[2];
      for (Tensor tensor : Safetensors.parse(Files.readAllBytes(file))) {
        if (tensor.name().equals(STEPS)) {
          tensor.data().asLongBuffer().get(steps);
        } else {
          tensors.put(tensor.name(), tensor);
        }
      }
      return new TrainingState(steps[0], steps[1], tensors);
    } catch (RejectedException | BufferUnderflowException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected a checkpoint in %s, but it is no whole one: %s; start anew"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
