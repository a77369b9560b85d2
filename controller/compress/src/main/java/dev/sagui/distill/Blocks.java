/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.prune.channels.Refit;
import dev.sagui.quantize.linear.Unused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts cheaper layers in the place of convolutions, fitted to what those gave. */
final class Blocks {
  private final OnnxModel teacher;
  private final Refit.Data data;

  /**
   * @param teacher cleaned up, float32
   */
  Blocks(OnnxModel teacher, Refit.Data data) {
    this.teacher = teacher;
    this.data = data;
  }

  /** The layers of a model that something may stand in for, in its order. */
  static List<Convolution> layers(OnnxModel model) {
    Graph graph = new Graph(model);
    return graph.nodesInOrder().stream()
        .flatMap(node -> Convolution.of(graph, node).stream())
        .toList();
  }

  /**
   * @param model the teacher, or what is left of it
   * @param forms by what a layer gives
   * @param others what becomes of the other layers
   */
  OnnxModel replaced(OnnxModel model, Map<String, Form> forms, Refit.Others others)
      throws IOException {
    Graph graph = new Graph(model);
    Graph target = new Graph(teacher);
    List<Replacement> replacements = new ArrayList<>();
    for (Map.Entry<String, Form> each : forms.entrySet()) {
      replacements.add(place(model, graph, target, each.getKey(), each.getValue()));
    }
    Set<String> values = new HashSet<>();
    Map<String, Refit.Form> fits = new LinkedHashMap<>();
    for (Replacement each : replacements) {
      values.add(each.fitted());
      fits.put(each.fitted(), each.form());
    }
    OnnxModel fitted =
        Refit.apply(
            built(teacher, target),
            built(model, graph),
            new Refit.Changes(values, fits, others),
            data);
    Graph finished = new Graph(fitted);
    replacements.forEach(each -> each.finish(finished));
    Unused.remove(finished);
    return built(fitted, finished);
  }

  private static Replacement place(
      OnnxModel model, Graph graph, Graph target, String output, Form form) throws IOException {
    Convolution layer =
        graph
            .producer(output)
            .flatMap(node -> Convolution.of(graph, node))
            .filter(own -> own.whyNot(form).isEmpty())
            .orElseThrow(
                () ->
                    StudentSpec.bad(
                        "expected a layer that can be %s, '%s' is none"
                            .formatted(form.label(), output)));
    if (!layer.isTransposed()) {
      return SeparableConvolution.place(graph, layer, Weights.of(model, graph, layer));
    }
    return form == Form.SEPARABLE
        ? ApartConvolution.place(graph, target, layer, Weights.of(model, graph, layer))
        : ResizedConvolution.place(graph, layer, form);
  }

  static OnnxModel built(OnnxModel model, Graph graph) {
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }
}
