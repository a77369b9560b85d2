/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes channels out of a model. */
final class Removal {
  private final DependencyGraph dependencies;
  private final Kept kept;

  private Removal(DependencyGraph dependencies, Kept kept) {
    this.dependencies = dependencies;
    this.kept = kept;
  }

  /**
   * @param units roots of the sets that go
   * @param weights to put in place, of the new shapes, by name; others are cut
   */
  static OnnxModel of(
      DependencyGraph dependencies, Set<Integer> units, Map<String, float[]> weights) {
    Kept kept = new Kept(dependencies.atoms(), units);
    return new Removal(dependencies, kept).apply(weights);
  }

  private OnnxModel apply(Map<String, float[]> weights) {
    OnnxModel model = dependencies.model();
    Graph graph = new Graph(model);
    for (String name : graph.initializers()) {
      List<Axis> axes = dependencies.layout(name);
      float[] repaired = weights.get(name);
      TensorProto tensor = graph.constant(name).orElse(TensorProto.getDefaultInstance());
      if (repaired != null) {
        graph.put(Floats.tensor(model, shortened(tensor, axes), repaired));
      } else if (axes.stream().anyMatch(kept::cuts)) {
        graph.put(cut(tensor, axes));
      }
    }
    dependencies
        .rewrites()
        .forEach((node, rewrite) -> rewrite.apply(graph, counterpart(graph, node), kept));
    GraphProto.Builder built = graph.build().toBuilder();
    List<ValueInfoProto> told = List.copyOf(built.getValueInfoList());
    built.clearValueInfo();
    told.stream().filter(info -> !isCut(info.getName())).forEach(built::addValueInfo);
    return model.with(model.proto().toBuilder().setGraph(built).build());
  }

  /** Whether what the graph says of a value's shape is no longer so. */
  private boolean isCut(String value) {
    return dependencies.layout(value).stream().anyMatch(kept::cuts);
  }

  private static Node counterpart(Graph graph, Node node) {
    return node.outputs().stream()
        .filter(output -> !output.isEmpty())
        .flatMap(output -> graph.producer(output).stream())
        .findFirst()
        .orElseThrow();
  }

  private TensorProto shortened(TensorProto tensor, List<Axis> axes) {
    TensorProto.Builder builder = tensor.toBuilder();
    for (int i = 0; i < axes.size(); i++) {
      builder.setDims(i, kept.count(axes.get(i)));
    }
    return builder.build();
  }

  private TensorProto cut(TensorProto tensor, List<Axis> axes) {
    int last = axes.size() - 1;
    while (!kept.cuts(axes.get(last))) {
      last--;
    }
    boolean[][] stays = new boolean[last + 1][];
    for (int i = 0; i <= last; i++) {
      stays[i] = new boolean[axes.get(i).length()];
      for (int position : kept.positions(axes.get(i))) {
        stays[i][position] = true;
      }
    }
    int run = ElementType.of(tensor.getDataType()).bits() / 8;
    for (Axis axis : axes.subList(last + 1, axes.size())) {
      run *= axis.length();
    }
    OnnxModel model = dependencies.model();
    return model.attach(shortened(tensor, axes), new CutPayload(model.payload(tensor), stays, run));
  }
}
