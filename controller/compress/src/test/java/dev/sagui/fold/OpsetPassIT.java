/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpsetPassIT {
  @TempDir Path folder;

  @Test
  void softmaxOverTheLastAxisNeedsNoFlattenAfterTheUpgrade() throws IOException {
    assertEquals(Map.of("Softmax", 1), upgraded(3));
  }

  @Test
  void softmaxOverSeveralAxesIsFlattened() throws IOException {
    assertEquals(Map.of("Shape", 1, "Flatten", 1, "Softmax", 1, "Reshape", 1), upgraded(2));
  }

  private Map<String, Integer> upgraded(long axis) throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 2, 3, 4}))
            .addNode(
                TestModels.node("Softmax", "y", "x").addAttribute(TestModels.number("axis", axis)));
    ModelProto.Builder old = TestModels.model(graph).toBuilder();
    old.setOpsetImport(0, old.getOpsetImport(0).toBuilder().setVersion(11));
    OnnxModel model = OnnxModel.open(TestModels.write(old.build(), folder.resolve("m.onnx")));
    try (Scratch scratch = Scratch.create()) {
      Cleanup.Result result =
          Cleanup.apply(
              model,
              Samples.of(model.facts(), DataSpec.parse("random:3:2")).first(2),
              scratch,
              Progress.NONE);
      assertEquals(17, OpsetUpgrade.version(result.model().proto()));
      result.passes().forEach(pass -> assertEquals("", pass.reason(), pass.pass()));
      return result.model().facts().operators();
    }
  }
}
