/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pairs a model's outputs with its own outputs for other inputs: each sample of a batch with the
 * one before, in a circle; a batch of one with the batch before.
 */
final class Unrelated {
  private List<Tensor> last = List.of();

  /** Outputs of the same shapes but of other samples; empty for a first batch of one. */
  Optional<List<Tensor>> to(List<Tensor> outputs) {
    int samples = outputs.isEmpty() ? 0 : samples(outputs.get(0));
    if (samples > 1) {
      return Optional.of(outputs.stream().map(tensor -> rotated(tensor, samples)).toList());
    }
    List<Tensor> before = last;
    last = outputs;
    return before.isEmpty() ? Optional.empty() : Optional.of(before);
  }

  private static int samples(Tensor tensor) {
    return tensor.shape().isEmpty() ? 1 : Math.toIntExact(tensor.shape().get(0));
  }

  private static Tensor rotated(Tensor tensor, int samples) {
    if (samples(tensor) != samples) {
      return tensor;
    }
    ByteBuffer data = tensor.data();
    int size = data.remaining() / samples;
    ByteBuffer rotated = ByteBuffer.allocate(data.remaining());
    rotated.put(data.slice((samples - 1) * size, size));
    rotated.put(data.slice(0, (samples - 1) * size));
    return new Tensor(
        tensor.name(), tensor.type(), new ArrayList<>(tensor.shape()), rotated.flip());
  }
}
