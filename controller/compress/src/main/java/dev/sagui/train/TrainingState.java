/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A training at one moment: all that it takes to go on as if it had never stopped.
 *
 * @param done steps
 * @param steps in all
 * @param tensors values, averages, moments of each parameter by name; copies
 */
public record TrainingState(long done, long steps, Map<String, Tensor> tensors) {
  public TrainingState {
    tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * The elements of one of the tensors.
   *
   * @throws RejectedException BAD_REQUEST when there is none of that shape
   */
  public float[] floats(String name, List<Long> shape) {
    Tensor found = tensors.get(name);
    if (found == null || !found.shape().equals(shape)) {
      throw other(
          "the checkpoint has %s under '%s', expected %s"
              .formatted(found == null ? "nothing" : found.shape(), name, shape));
    }
    return found.floats();
  }

  /**
   * Refuses the state of a net that has more parameters, or of an optimizer that remembers more.
   *
   * @throws RejectedException BAD_REQUEST naming the first tensor that is not expected
   */
  void requireOnly(Set<String> names) {
    Optional<String> more = tensors.keySet().stream().filter(n -> !names.contains(n)).findFirst();
    if (more.isPresent()) {
      throw other("the checkpoint has '%s', expected nothing of that name".formatted(more.get()));
    }
  }

  private static RejectedException other(String what) {
    return new RejectedException(
        FailureCode.BAD_REQUEST, what + ": it is of another net or optimizer; start anew");
  }

  /** The same tensors under names that begin with {@code prefix}. */
  public Map<String, Tensor> prefixed(String prefix) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> named.put(prefix + name, tensor));
    return named;
  }

  /** The tensors whose names begin with {@code prefix}, without it. */
  public TrainingState part(String prefix) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            part.put(name.substring(prefix.length()), tensor);
          }
        });
    return new TrainingState(done, steps, part);
  }
}
