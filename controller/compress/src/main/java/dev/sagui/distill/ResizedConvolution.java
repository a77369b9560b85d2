/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.List;

/** A transposed convolution as a nearest Resize with a convolution behind it, whole or in parts. */
record ResizedConvolution(Convolution layer, Form kind, String resized, Fitting form)
    implements Replacement {
  static Replacement place(Graph graph, Convolution layer, Form kind) {
    Parts parts = new Parts(graph, layer.output(), layer.axes().size());
    String resized = parts.fresh("resized");
    List<Long> dims = new ArrayList<>(List.of((long) layer.outputs(), (long) layer.channels()));
    layer.fittedKernel(kind).forEach(length -> dims.add((long) length));
    int taps = layer.fittedTaps(kind);
    double[] nothing = new double[layer.outputs() * layer.channels() * taps];
    graph.remove(layer.node());
    parts.resize(layer.input(), resized, layer.axes().get(0).stride());
    graph.add(
        lying(layer)
            .inputs(
                resized,
                parts.constant("fitted", dims, nothing),
                parts.constant(
                    "constant", List.of((long) layer.outputs()), new double[layer.outputs()]))
            .output(layer.output())
            .build());
    return new ResizedConvolution(layer, kind, resized, new Fitting(kind, taps, 1));
  }

  private static NodeBuilder lying(Convolution layer) {
    int rank = layer.axes().size();
    long[] pads = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      pads[i] = layer.axes().get(i).resizedPadBegin();
      pads[rank + i] = layer.axes().get(i).resizedPadEnd();
    }
    return NodeBuilder.of("Conv").with("pads", pads);
  }

  @Override
  public String fitted() {
    return layer.output();
  }

  @Override
  public void finish(Graph graph) {
    if (kind == Form.RESIZE) {
      return;
    }
    Parts.remove(graph, layer.output());
    Parts parts = new Parts(graph, layer.output(), layer.axes().size());
    String between = parts.fresh("between");
    double[][] mixture = form.factors().pointwise();
    if (kind == Form.RESIZE_DEPTHWISE) {
      depthwise(parts, new Parts.Link(resized, between), new double[0]);
      parts.pointwise(between, layer.output(), mixture, form.constant());
    } else {
      Parts.remove(graph, resized);
      parts.pointwise(layer.input(), between, mixture, new double[0]);
      parts.resize(between, resized, layer.axes().get(0).stride());
      depthwise(parts, new Parts.Link(resized, layer.output()), form.constant());
    }
  }

  private void depthwise(Parts parts, Parts.Link link, double[] bias) {
    parts.depthwise(link, form.factors().depthwise(), layer.fittedKernel(kind), bias, lying(layer));
  }
}
