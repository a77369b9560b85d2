/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OnnxTestdata;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CleanupTestdataIT {
  @Test
  void everyModelThatRunsGivesTheSameAfterwards() throws IOException {
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    int changed = 0;
    for (Path file : OnnxTestdata.models()) {
      OnnxModel model = OnnxModel.open(file);
      Optional<List<Tensor>> inputs = OnnxTestdata.inputs(model);
      Optional<List<Tensor>> expected = inputs.flatMap(given -> run(model, given));
      if (expected.isEmpty()) {
        continue;
      }
      try (Scratch scratch = Scratch.create()) {
        Cleanup.Result result = Cleanup.apply(model, inputs.get(), scratch, Progress.NONE);
        result.passes().stream()
            .filter(Cleanup.Outcome::reverted)
            .forEach(p -> wrong.add(OnnxTestdata.name(file) + " " + p));
        compared += result.gap().isEmpty() ? 1 : 0;
        changed += result.changed() ? 1 : 0;
        try (TemporaryModel written = TemporaryModel.of(result.model());
            OrtModel session = OrtModel.open(written.file(), 1)) {
          if (result.gap().isEmpty()) {
            List<Tensor> found = session.run(inputs.get());
            for (int i = 0; i < found.size(); i++) {
              Closeness.difference(expected.get().get(i), found.get(i), Proof.TOLERANCE)
                  .ifPresent(d -> wrong.add(OnnxTestdata.name(file) + " " + d));
            }
          }
        }
      }
    }
    System.out.println("compared " + compared + ", changed " + changed);
    assertEquals(List.of(), wrong);
    assertTrue(compared > 800, "compared " + compared);
    assertTrue(changed > 20, "changed " + changed);
  }

  private static Optional<List<Tensor>> run(OnnxModel model, List<Tensor> inputs) {
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      return Optional.of(session.run(inputs));
    } catch (RejectedException e) {
      return Optional.empty();
    }
  }
}
