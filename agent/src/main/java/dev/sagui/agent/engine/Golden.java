/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.util.List;

/** Inputs, and the outputs that a model gave for them where it was made. */
public record Golden(List<Tensor> inputs, List<Tensor> outputs) {
  private static final String INPUT = "in:";
  private static final String OUTPUT = "out:";

  public Golden {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * @param file a safetensors file with {@code in:NAME} and {@code out:NAME}
   */
  public static Golden parse(byte[] file) {
    List<Tensor> tensors = Safetensors.parse(file);
    return new Golden(named(tensors, INPUT), named(tensors, OUTPUT));
  }

  private static List<Tensor> named(List<Tensor> tensors, String prefix) {
    return tensors.stream()
        .filter(tensor -> tensor.name().startsWith(prefix))
        .map(tensor -> tensor.named(tensor.name().substring(prefix.length())))
        .toList();
  }
}
