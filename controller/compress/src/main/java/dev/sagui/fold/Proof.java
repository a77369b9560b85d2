/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.GraphCheck;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Shows that an edited model does what the original does: a sound graph, a session that opens at
 * the optimization level that ships, and the same outputs.
 */
final class Proof {
  /** Largest difference, in units of the largest output or of 1. */
  static final double TOLERANCE = 1e-4;

  private final Set<String> faults;
  private final List<Tensor> inputs;
  private final Optional<List<Tensor>> outputs;
  private final boolean opens;
  private final String gap;

  private Proof(
      Set<String> faults,
      List<Tensor> inputs,
      Optional<List<Tensor>> outputs,
      boolean opens,
      String gap) {
    this.faults = faults;
    this.inputs = inputs;
    this.outputs = outputs;
    this.opens = opens;
    this.gap = gap;
  }

  /** Runs the original, if it can be run. */
  static Proof of(OnnxModel original, List<Tensor> inputs) {
    Set<String> faults = new HashSet<>(GraphCheck.faults(original.proto()));
    try (OrtModel first = OrtModel.open(original.file(), 1)) {
      return run(original, first, faults, inputs);
    } catch (RejectedException e) {
      return new Proof(faults, inputs, Optional.empty(), false, "" + e.getMessage());
    }
  }

  private static Proof run(
      OnnxModel original, OrtModel first, Set<String> faults, List<Tensor> inputs) {
    if (inputs.isEmpty()) {
      return new Proof(faults, inputs, Optional.empty(), true, "no inputs to run it on");
    }
    try (OrtModel second = OrtModel.open(original.file(), 1)) {
      List<Tensor> outputs = first.run(inputs);
      Optional<String> difference = difference(outputs, second.run(inputs));
      return difference.isEmpty()
          ? new Proof(faults, inputs, Optional.of(outputs), true, "")
          : new Proof(faults, inputs, Optional.empty(), true, "its outputs differ at every run");
    } catch (RejectedException e) {
      return new Proof(faults, inputs, Optional.empty(), true, "" + e.getMessage());
    }
  }

  /** Why outputs are not compared; empty when they are. */
  String gap() {
    return gap;
  }

  /** What is wrong with an edited model; empty when nothing is. */
  Optional<String> fault(OnnxModel edited) throws IOException {
    Optional<String> fault =
        GraphCheck.faults(edited.proto()).stream().filter(f -> !faults.contains(f)).findFirst();
    if (fault.isPresent() || !opens) {
      return fault;
    }
    try (TemporaryModel written = TemporaryModel.of(edited);
        OrtModel session = OrtModel.open(written.file(), 1)) {
      return outputs.flatMap(expected -> difference(expected, session.run(inputs)));
    } catch (RejectedException e) {
      return Optional.of("" + e.getMessage());
    }
  }

  private static Optional<String> difference(List<Tensor> expected, List<Tensor> found) {
    if (expected.size() != found.size()) {
      return Optional.of("%d outputs became %d".formatted(expected.size(), found.size()));
    }
    for (int i = 0; i < expected.size(); i++) {
      Tensor a = expected.get(i);
      Tensor b = found.get(i);
      if (!a.shape().equals(b.shape()) || a.type() != b.type()) {
        return Optional.of(
            "output '%s' %s %s became %s %s"
                .formatted(a.name(), a.type(), a.shape(), b.type(), b.shape()));
      }
      Optional<String> values = Closeness.difference(a, b, TOLERANCE);
      if (values.isPresent()) {
        return values;
      }
    }
    return Optional.empty();
  }
}
