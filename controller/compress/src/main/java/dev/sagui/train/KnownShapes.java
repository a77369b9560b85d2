/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.InferredTypes;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.gradient.Shapes;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shapes of the values of a graph whose inputs have fixed shapes: as the runtime infers them, and
 * for what it cannot infer as one run shows them.
 */
final class KnownShapes implements Shapes {
  private final InferredTypes inferred;
  private final Map<String, List<Long>> seen;

  private KnownShapes(InferredTypes inferred, Map<String, List<Long>> seen) {
    this.inferred = inferred;
    this.seen = seen;
  }

  /**
   * @param inputs all inputs of the graph; their values do not matter
   */
  static KnownShapes of(OnnxModel model, List<Tensor> inputs) throws IOException {
    InferredTypes inferred = InferredTypes.of(model);
    Set<String> open = new LinkedHashSet<>();
    for (NodeProto node : model.graph().getNodeList()) {
      for (String value : node.getOutputList()) {
        if (!value.isEmpty() && inferred.fixedShape(value).isEmpty()) {
          open.add(value);
        }
      }
    }
    return new KnownShapes(inferred, open.isEmpty() ? Map.of() : run(model, open, inputs));
  }

  /** A scalar and a value of unknown rank look the same to inference. */
  private static Map<String, List<Long>> run(
      OnnxModel model, Set<String> values, List<Tensor> inputs) throws IOException {
    GraphProto.Builder graph = model.graph().toBuilder().clearOutput();
    values.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    OnnxModel tapped = model.with(model.proto().toBuilder().setGraph(graph).build());
    Map<String, List<Long>> shapes = new HashMap<>();
    try (OrtModel session = OrtModel.open(tapped, 1, false)) {
      Set<String> taken = Set.copyOf(session.inputs());
      session
          .run(inputs.stream().filter(input -> taken.contains(input.name())).toList())
          .forEach(output -> shapes.put(output.name(), output.shape()));
    }
    return shapes;
  }

  @Override
  public List<Long> of(String value) {
    return inferred
        .fixedShape(value)
        .or(() -> java.util.Optional.ofNullable(seen.get(value)))
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.UNSUPPORTED_MODEL,
                    "the shape of '%s' is not known before it runs; freeze what lies before it"
                        .formatted(value)));
  }
}
