/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.NodeBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * A transposed convolution of stride s, whose outputs overlap, as a depthwise convolution over its
 * input and a transposed one with an s×s kernel, whose outputs do not. It is fitted as one
 * convolution over the input that gives all s² outputs of a position (Shi et al. 2016, arXiv
 * 1609.05158).
 */
record ApartConvolution(Convolution layer, String fitted, List<String> spread, Fitting form)
    implements Replacement {
  /**
   * @param target the teacher's graph, which learns to give what is fitted
   */
  static Replacement place(Graph graph, Graph target, Convolution layer, Weights weights) {
    Parts parts = new Parts(graph, layer.output(), layer.kernel().size());
    int stride = layer.axes().get(0).stride();
    String phases = parts.fresh("phases");
    long given = (long) layer.phases() * layer.outputs();
    List<Long> dims = new ArrayList<>(List.of(given, (long) layer.channels()));
    layer.fittedKernel(Form.SEPARABLE).forEach(length -> dims.add((long) length));
    double[] bias = new double[(int) given];
    for (int o = 0; o < given; o++) {
      bias[o] = weights.bias()[o % layer.outputs()];
    }
    graph.remove(layer.node());
    graph.add(
        lying(layer)
            .inputs(
                layer.input(),
                parts.constant("fitted", dims, taken(layer, weights.values())),
                parts.constant("constant", List.of(given), bias))
            .output(phases)
            .build());
    List<String> spread = parts.spread(phases, layer.output(), stride, layer.outputs());
    new Parts(target, layer.output(), layer.kernel().size())
        .gather(layer.output(), phases, stride, layer.outputs());
    int taps = layer.fittedTaps(Form.SEPARABLE);
    return new ApartConvolution(
        layer, phases, spread, new Fitting(Form.SEPARABLE, taps, layer.phases()));
  }

  /** [Cin, Cout, k…] as [phases · Cout, Cin, window…]. */
  private static double[] taken(Convolution layer, double[] values) {
    List<UpAxis> axes = layer.axes();
    UpAxis down = axes.get(0);
    UpAxis along = axes.get(axes.size() - 1);
    boolean plane = axes.size() == 2;
    int rows = plane ? down.window() : 1;
    double[] taken =
        new double[layer.phases() * layer.outputs() * layer.channels() * rows * along.window()];
    int at = 0;
    for (int phase = 0; phase < layer.phases(); phase++) {
      for (int o = 0; o < layer.outputs(); o++) {
        for (int i = 0; i < layer.channels(); i++) {
          int from = (i * layer.outputs() + o) * layer.taps();
          for (int u = 0; u < rows; u++) {
            for (int v = 0; v < along.window(); v++) {
              int row = plane ? down.tap(phase / along.stride(), u) : 0;
              int column = along.tap(phase % along.stride(), v);
              taken[at++] =
                  row < 0 || column < 0 ? 0 : values[from + row * along.kernel() + column];
            }
          }
        }
      }
    }
    return taken;
  }

  private static NodeBuilder lying(Convolution layer) {
    int rank = layer.axes().size();
    long[] pads = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      pads[i] = layer.axes().get(i).before();
      pads[rank + i] = layer.axes().get(i).behind();
    }
    return NodeBuilder.of("Conv").with("pads", pads);
  }

  @Override
  public void finish(Graph graph) {
    Parts.remove(graph, fitted);
    spread.forEach(value -> Parts.remove(graph, value));
    int rank = layer.axes().size();
    Parts parts = new Parts(graph, layer.output(), rank);
    String between = parts.fresh("between");
    parts.depthwise(
        new Parts.Link(layer.input(), between),
        form.factors().depthwise(),
        layer.fittedKernel(Form.SEPARABLE),
        new double[0],
        lying(layer));
    List<Long> dims = new ArrayList<>(List.of((long) layer.channels(), (long) layer.outputs()));
    long[] strides = new long[rank];
    for (int i = 0; i < rank; i++) {
      strides[i] = layer.axes().get(i).stride();
      dims.add(strides[i]);
    }
    graph.add(
        NodeBuilder.of("ConvTranspose")
            .inputs(
                between,
                parts.constant("apart", dims, apart(form.factors().pointwise())),
                parts.constant("bias", List.of((long) layer.outputs()), form.constant()))
            .with("strides", strides)
            .output(layer.output())
            .build());
  }

  /** [Cin, phases · Cout] as [Cin, Cout, s…]. */
  private double[] apart(double[][] mixture) {
    int outputs = layer.outputs();
    int phases = layer.phases();
    double[] apart = new double[layer.channels() * outputs * phases];
    for (int i = 0; i < layer.channels(); i++) {
      for (int o = 0; o < outputs; o++) {
        for (int phase = 0; phase < phases; phase++) {
          apart[(i * outputs + o) * phases + phase] = mixture[i][phase * outputs + o];
        }
      }
    }
    return apart;
  }
}
