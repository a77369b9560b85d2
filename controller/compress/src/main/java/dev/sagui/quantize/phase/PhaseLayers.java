/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.InferredTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Which layers can be taken apart into phases, and how. */
final class PhaseLayers {
  /** Beyond this a convolution's inner loop is full enough without blocks. */
  private static final int FEW_CHANNELS = 4;

  private final OnnxModel model;
  private final Graph graph;
  private final InferredTypes types;
  private final Node node;
  private final List<Long> dims;

  private PhaseLayers(
      OnnxModel model, Graph graph, InferredTypes types, Node node, List<Long> dims) {
    this.model = model;
    this.graph = graph;
    this.types = types;
    this.node = node;
    this.dims = dims;
  }

  /** Empty for layers that gain nothing. */
  static Optional<Rewrite> of(OnnxModel model, Graph graph, InferredTypes types, Node node)
      throws IOException {
    boolean transposed = node.is("ConvTranspose");
    Optional<TensorProto> weight =
        graph.constant(node.input(1)).filter(w -> w.getDataType() == ElementType.FLOAT.number());
    if (weight.isEmpty() || (node.hasInput(2) && graph.constant(node.input(2)).isEmpty())) {
      return transposed
          ? Optional.of(Rewrite.left("its weights are computed at run time"))
          : Optional.empty();
    }
    PhaseLayers layer = new PhaseLayers(model, graph, types, node, weight.get().getDimsList());
    return transposed ? Optional.of(layer.transposed()) : layer.convolution();
  }

  private int spatial() {
    return dims.size() - 2;
  }

  private int group() {
    return (int) node.integer("group", 1);
  }

  private Rewrite transposed() {
    String auto = node.text("auto_pad", "NOTSET");
    if (spatial() < 1 || spatial() > 2) {
      return Rewrite.left("it has %d spatial axes".formatted(spatial()));
    }
    if (group() > 1 && dims.get(1) == 1) {
      return Rewrite.left("each of its channels stands alone");
    }
    if (!(auto.equals("NOTSET") || auto.equals("VALID"))
        || node.attribute("output_shape").isPresent()) {
      return Rewrite.left("its padding depends on the input's size");
    }
    List<Long> lengths = lengths(node.input(0));
    int channels = dims.get(1).intValue() * group();
    List<PhaseAxis> axes = new ArrayList<>();
    for (int i = 0; i < spatial(); i++) {
      int stride = attribute("strides", i, 1);
      int padding = attribute("output_padding", i, 0);
      PhaseAxis.Span span = span(i, lengths.get(i), 0);
      PhaseAxis whole = PhaseAxis.transposed(span, stride, padding, 1);
      boolean few = spatial() == 2 && channels <= FEW_CHANNELS && fixed(lengths);
      int blocks = few ? Phases.blocks(channels * stride * stride, span.inputs()) : 1;
      axes.add(blocks == 1 ? whole : PhaseAxis.transposed(span, stride, padding, blocks));
    }
    return checked(node.input(0), axes, dims.get(1).intValue());
  }

  private Optional<Rewrite> convolution() throws IOException {
    boolean plain =
        spatial() == 2
            && group() == 1
            && attribute("strides", 0, 1) * attribute("strides", 1, 1) == 1;
    if (!plain) {
      return Optional.empty();
    }
    Optional<Integer> scale = repetition();
    String input = scale.isPresent() ? repeated().input(0) : node.input(0);
    List<Long> lengths = lengths(input);
    int channels = dims.get(0).intValue();
    boolean blocked = channels <= FEW_CHANNELS && fixed(lengths);
    List<PhaseAxis> axes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      PhaseAxis.Span span = span(i, lengths.get(i), 1);
      int phases = scale.orElse(1);
      int blocks = blocked ? Phases.blocks(channels * phases * phases, span.inputs()) : 1;
      axes.add(
          scale.isPresent()
              ? PhaseAxis.repeated(span, phases, blocks)
              : PhaseAxis.blocked(span, blocks));
    }
    boolean gains = scale.isPresent() || axes.stream().anyMatch(axis -> axis.factor() > 1);
    Rewrite rewrite = checked(input, axes, channels);
    return gains && rewrite.reason().isEmpty() ? Optional.of(rewrite) : Optional.empty();
  }

  private Rewrite checked(String input, List<PhaseAxis> axes, int channels) {
    PhaseWeights weights = PhaseWeights.of(group(), dims, node.is("ConvTranspose"), axes);
    if (axes.stream().anyMatch(axis -> !axis.isValid())) {
      return Rewrite.left("its padding cuts off more than its window adds");
    }
    return Spread.isPossible(weights, axes)
        ? new Rewrite(input, axes, "")
        : Rewrite.left(
            "the size of its input is free, and its %d channels cannot be moved then"
                .formatted(channels));
  }

  /** The Resize before this convolution. */
  private Node repeated() {
    return graph.producer(node.input(0)).orElseThrow();
  }

  /** How often the node before repeats each row and column, when that is all that it does. */
  private Optional<Integer> repetition() throws IOException {
    Optional<Node> resize = graph.producer(node.input(0)).filter(n -> n.is("Resize"));
    if (resize.isEmpty()
        || graph.onlyUser(node.input(0)).isEmpty()
        || !NearestResize.repeats(resize.get())) {
      return Optional.empty();
    }
    Optional<TensorProto> scales = graph.constant(resize.get().input(2));
    return scales.isPresent()
        ? NearestResize.scale(TensorValues.doubles(model, scales.get()))
        : Optional.empty();
  }

  private List<Long> lengths(String value) {
    return types
        .shape(value)
        .filter(shape -> shape.size() == dims.size())
        .map(shape -> shape.subList(2, shape.size()))
        .filter(PhaseLayers::fixed)
        .orElse(Collections.nCopies(spatial(), -1L));
  }

  private static boolean fixed(List<Long> lengths) {
    return lengths.stream().allMatch(length -> length > 0);
  }

  /**
   * @param kept 1 where SAME padding keeps the length, which holds for stride 1 alone
   */
  private PhaseAxis.Span span(int axis, long inputs, int kept) {
    int kernel = dims.get(2 + axis).intValue();
    int dilation = attribute("dilations", axis, 1);
    String auto = node.text("auto_pad", "NOTSET");
    int all = kept == 1 && auto.startsWith("SAME") ? dilation * (kernel - 1) : 0;
    int begin = auto.equals("SAME_LOWER") ? all - all / 2 : all / 2;
    return auto.startsWith("SAME") || auto.equals("VALID")
        ? new PhaseAxis.Span(kernel, dilation, begin, all - begin, inputs)
        : new PhaseAxis.Span(
            kernel,
            dilation,
            attribute("pads", axis, 0),
            attribute("pads", spatial() + axis, 0),
            inputs);
  }

  private int attribute(String name, int index, int otherwise) {
    List<Long> values = node.integers(name);
    return values.isEmpty() ? otherwise : values.get(index).intValue();
  }
}
