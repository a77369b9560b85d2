/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.PinnedSession;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Inputs from elsewhere, and as targets what a teacher makes of them, written where it is read. */
public final class TeacherBatches implements Batches {
  private final Batches inputs;
  private final OnnxModel teacher;
  private final Set<String> taken;
  private final Map<String, String> targets;
  private final Map<Integer, PinnedSession> sessions = new ConcurrentHashMap<>();

  /**
   * @param teacher float32 or quantized
   * @param targets the name of the input that each of its outputs is written to
   */
  public TeacherBatches(Batches inputs, OnnxModel teacher, Map<String, String> targets) {
    this.inputs = inputs;
    this.teacher = teacher;
    this.targets = Map.copyOf(targets);
    this.taken =
        teacher.facts().inputs().stream().map(input -> input.name()).collect(Collectors.toSet());
  }

  @Override
  public void fill(long step, int shard, List<Tensor> into) {
    inputs.fill(step, shard, into);
    sessions.computeIfAbsent(shard, key -> open(into)).run();
  }

  private PinnedSession open(List<Tensor> into) {
    List<Tensor> outputs = new ArrayList<>();
    targets.forEach(
        (output, target) ->
            into.stream()
                .filter(tensor -> tensor.name().equals(target))
                .forEach(tensor -> outputs.add(tensor.named(output))));
    try {
      return PinnedSession.open(
          teacher,
          PinnedSession.Use.INFERENCE,
          into.stream().filter(tensor -> taken.contains(tensor.name())).toList(),
          outputs,
          1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    sessions.values().forEach(PinnedSession::close);
    inputs.close();
  }
}
