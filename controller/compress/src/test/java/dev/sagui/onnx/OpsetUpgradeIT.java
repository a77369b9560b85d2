/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OpsetUpgradeIT {
  @Test
  void everyModelGivesTheSameAtTheLatestOpset() throws IOException {
    List<String> wrong = new ArrayList<>();
    TreeMap<String, String> refused = new TreeMap<>();
    int compared = 0;
    for (Path file : OnnxTestdata.models()) {
      OnnxModel model = OnnxModel.open(file);
      Optional<List<Tensor>> inputs = OnnxTestdata.inputs(model);
      Optional<List<Tensor>> expected = inputs.flatMap(given -> run(file, given));
      if (expected.isEmpty() || OpsetUpgrade.version(model.proto()) < OpsetUpgrade.OLDEST) {
        continue;
      }
      try {
        OnnxModel upgraded = OpsetUpgrade.to(model, OpsetUpgrade.LATEST);
        wrong.addAll(difference(OnnxTestdata.name(file), upgraded, inputs.get(), expected.get()));
        compared++;
      } catch (RejectedException e) {
        refused.put(OnnxTestdata.name(file), e.getMessage());
      }
    }
    System.out.println("compared " + compared + ", refused " + refused);
    assertEquals(List.of(), wrong);
    assertTrue(compared > 700, "compared " + compared);
    assertTrue(refused.size() < 40, refused.toString());
  }

  private static List<String> difference(
      String name, OnnxModel upgraded, List<Tensor> inputs, List<Tensor> expected)
      throws IOException {
    try (TemporaryModel written = TemporaryModel.of(upgraded);
        OrtModel session = OrtModel.open(written.file(), 1)) {
      List<Tensor> found = session.run(inputs);
      for (int i = 0; i < found.size(); i++) {
        if (!close(expected.get(i), found.get(i))) {
          return List.of(name + " differs in " + expected.get(i).name());
        }
      }
      return List.of();
    } catch (RejectedException e) {
      return List.of(name + " " + e.getMessage());
    }
  }

  private static boolean close(Tensor expected, Tensor found) {
    if (!expected.shape().equals(found.shape())) {
      return false;
    }
    ByteBuffer a = expected.data();
    ByteBuffer b = found.data();
    if (expected.type() != dev.sagui.tensor.DataType.FP32) {
      return a.equals(b);
    }
    while (a.hasRemaining()) {
      float x = a.getFloat();
      float y = b.getFloat();
      if (Float.compare(x, y) != 0 && !(Math.abs(x - y) <= 1e-5 * Math.max(1, Math.abs(x)))) {
        return false;
      }
    }
    return true;
  }

  private static Optional<List<Tensor>> run(Path file, List<Tensor> inputs) {
    try (OrtModel session = OrtModel.open(file, 1)) {
      return Optional.of(session.run(inputs));
    } catch (RejectedException e) {
      return Optional.empty();
    }
  }
}
