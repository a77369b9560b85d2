/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many dimensions values have: by the rules of ONNX and, where those do not tell because shapes
 * are computed, by one run.
 */
final class Ranks implements ToIntFunction<String> {
  /** The operators whose upgrade asks. */
  private static final Set<String> ASKING = Set.of("Softmax", "LogSoftmax", "Hardmax");

  private final OnnxModel model;
  private final LazyTypes types;
  private final List<Tensor> inputs;
  private @Nullable Map<String, List<Long>> seen;

  Ranks(OnnxModel model, LazyTypes types, List<Tensor> inputs) {
    this.model = model;
    this.types = types;
    this.inputs = inputs;
  }

  @Override
  public int applyAsInt(String value) {
    return types
        .get()
        .shape(value)
        .or(() -> Optional.ofNullable(seen().get(value)))
        .map(List::size)
        .orElse(OpsetUpgrade.UNKNOWN_RANK);
  }

  private Map<String, List<Long>> seen() {
    Map<String, List<Long>> known = seen == null ? run() : seen;
    seen = known;
    return known;
  }

  private Map<String, List<Long>> run() {
    List<String> asked =
        model.graph().getNodeList().stream()
            .filter(node -> ASKING.contains(node.getOpType()) && node.getInputCount() > 0)
            .map(node -> node.getInput(0))
            .filter(value -> types.get().shape(value).isEmpty())
            .distinct()
            .toList();
    if (inputs.isEmpty() || asked.isEmpty()) {
      return Map.of();
    }
    try (Taps taps = Taps.of(model, asked, 1)) {
      return taps.shapes(inputs);
    } catch (RejectedException | IOException e) {
      return Map.of(); // then it takes a node or two more
    }
  }
}
