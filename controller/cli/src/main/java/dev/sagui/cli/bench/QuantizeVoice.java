/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.EvaluationOptions;
import dev.sagui.quality.Metric;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.OutputComparison;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Log-mel distance of a VITS voice, nepers, frame by frame: the candidate is given the durations of
 * the reference, whose rounding up (the one Ceil of the graph) would shift all that follows. The
 * ratio of lengths with its own durations stands apart.
 */
final class QuantizeVoice implements QuantizeMeasure {
  private static final EvaluationOptions OPTIONS =
      new EvaluationOptions(Optional.of(ModelKind.AUDIO), EvaluationOptions.DEFAULT.sampleRate());

  private final Path reference;
  private final OutputComparison own = new OutputComparison(OPTIONS, Optional.empty());
  private final List<List<Tensor>> runs = new ArrayList<>();
  private Optional<Path> candidate = Optional.empty();

  QuantizeVoice(Path reference) {
    this.reference = reference;
  }

  @Override
  public ModelKind kind() {
    return ModelKind.AUDIO;
  }

  @Override
  public void begin(Path file) {
    candidate = Optional.of(file);
  }

  @Override
  public void add(List<Tensor> inputs, List<Tensor> wanted, List<Tensor> found) {
    own.add(inputs, wanted, found);
    runs.add(inputs);
  }

  @Override
  public QuantizeOwn own() {
    double length = own.result(runs.size(), "").metric(Metric.LENGTH_RATIO).orElse(Double.NaN);
    double mel = mel();
    String text = String.format(Locale.ROOT, "mel %.3f, length %.3f", mel, length);
    return new QuantizeOwn("mel", mel, text, true);
  }

  private double mel() {
    OutputComparison timed = new OutputComparison(OPTIONS, Optional.empty());
    try {
      OnnxModel told = OnnxModel.open(reference);
      OnnxModel led = OnnxModel.open(candidate.orElseThrow());
      String durations = durations(led.graph()).getOutput(0);
      try (OrtModel a = OrtModel.open(told.with(telling(told)), 1, false);
          OrtModel b = OrtModel.open(led.with(given(led)), 1, false)) {
        for (List<Tensor> inputs : runs) {
          List<Tensor> wanted = a.run(inputs);
          List<Tensor> more = new ArrayList<>(inputs);
          Tensor seen = wanted.get(wanted.size() - 1);
          more.add(new Tensor(durations, seen.type(), seen.shape(), seen.data()));
          timed.add(inputs, wanted.subList(0, 1), b.run(more));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("running a voice failed: " + e.getMessage(), e);
    }
    return timed.result(runs.size(), "").metric(Metric.LOG_MEL_L1).orElse(Double.NaN);
  }

  /** Puts out its durations, last. */
  private static ModelProto telling(OnnxModel model) {
    GraphProto graph = model.graph();
    ValueInfoProto durations = value(durations(graph).getOutput(0));
    return model.proto().toBuilder().setGraph(graph.toBuilder().addOutput(durations)).build();
  }

  /** Takes the durations for an input. */
  private static ModelProto given(OnnxModel model) {
    GraphProto graph = model.graph();
    NodeProto rounding = durations(graph);
    GraphProto.Builder builder = graph.toBuilder().addInput(value(rounding.getOutput(0)));
    builder.removeNode(graph.getNodeList().indexOf(rounding));
    return model.proto().toBuilder().setGraph(builder).build();
  }

  private static NodeProto durations(GraphProto graph) {
    List<NodeProto> found =
        graph.getNodeList().stream().filter(node -> node.getOpType().equals("Ceil")).toList();
    if (found.size() != 1) {
      throw new BenchException("a voice has one Ceil, found " + found.size());
    }
    return found.get(0);
  }

  private static ValueInfoProto value(String name) {
    TypeProto.Tensor floats =
        TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.number()).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(floats))
        .build();
  }
}
