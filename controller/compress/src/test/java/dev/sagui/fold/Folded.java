/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What clean-up makes of a graph, for the tests of single passes. */
final class Folded {
  private Folded() {}

  /** Operators afterwards; every pass has held, and the outputs were compared. */
  static Map<String, Integer> operators(GraphProto.Builder graph, Path folder) throws IOException {
    OnnxModel model =
        OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx")));
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:3:2:-1..1")).first(2);
    try (Scratch scratch = Scratch.create()) {
      Cleanup.Result result = Cleanup.apply(model, inputs, scratch, Progress.NONE);
      result.passes().forEach(pass -> assertEquals("", pass.reason(), pass.pass()));
      assertEquals("", result.gap());
      return result.model().facts().operators();
    }
  }

  static TensorProto longs(String name, long... values) {
    return TensorValues.longs(values).toBuilder().setName(name).build();
  }
}
