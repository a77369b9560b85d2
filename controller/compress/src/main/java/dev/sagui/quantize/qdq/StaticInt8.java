/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.calibrate.Calibration;
import dev.sagui.quantize.calibrate.Range;
import dev.sagui.quantize.calibrate.TensorStatistics;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Static int8: layers and what lies between them compute in integers, whose ranges were found by
 * running samples.
 */
public final class StaticInt8 {
  /**
   * The model as it is to be written.
   *
   * @param layers that compute in int8, as people read them
   * @param floats layers that stay float32
   * @param ranges of the values, by the name of one value of each group
   */
  public record Result(
      OnnxModel model, List<String> layers, List<String> floats, Map<String, Range> ranges) {
    public Result {
      layers = List.copyOf(layers);
      floats = List.copyOf(floats);
      ranges = Map.copyOf(ranges);
    }
  }

  private StaticInt8() {}

  /**
   * @param model cleaned up, its up-sampling layers rewritten (see {@link
   *     dev.sagui.quantize.phase.Phases}), opset 13 or later
   * @param samples to calibrate on
   * @param scratch lives until the result is written
   */
  public static Result apply(
      OnnxModel model,
      StaticOptions options,
      Samples samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    Graph graph = new Graph(model);
    List<Node> all = Placement.layers(graph);
    List<Node> chosen = all.stream().filter(node -> isChosen(graph, node, options)).toList();
    Placement placement = Placement.of(graph, chosen);
    Map<String, Range> ranges =
        ranges(model, graph, placement, options, samples, threads, progress);
    List<String> layers = chosen.stream().map(Node::toString).toList();
    List<String> floats =
        all.stream().filter(node -> !chosen.contains(node)).map(Node::toString).toList();
    new QdqWriter(model, graph, placement, options.format(), scratch).write(ranges);
    OnnxModel quantized = model.with(model.proto().toBuilder().setGraph(graph.build()).build());
    return new Result(quantized, layers, floats, ranges);
  }

  /** A product with what comes in from outside is small, and int8 would cost it most. */
  private static boolean isChosen(Graph graph, Node node, StaticOptions options) {
    boolean entry = !node.is("Conv") && graph.isInput(node.input(0));
    return !entry && !options.floats().contains(node.proto().getName());
  }

  private static Map<String, Range> ranges(
      OnnxModel model,
      Graph graph,
      Placement placement,
      StaticOptions options,
      Samples samples,
      int threads,
      Progress progress)
      throws IOException {
    Map<String, String> telling = new LinkedHashMap<>();
    Map<String, List<String>> groups = placement.values();
    groups.forEach((group, values) -> telling.put(group, placement.telling(values)));
    Map<String, TensorStatistics> statistics =
        Calibration.collect(model, telling.values(), samples, threads, progress);
    Map<String, Range> ranges = new LinkedHashMap<>();
    telling.forEach(
        (group, value) -> {
          TensorStatistics seen = statistics.get(value);
          Range range = seen == null ? Range.ZERO : seen.range(options.calibration(), 256, false);
          Range useful =
              Activations.useful(graph, placement, groups.getOrDefault(group, List.of()));
          ranges.put(
              group,
              new Range(
                  Math.max(range.low(), useful.low()), Math.min(range.high(), useful.high())));
        });
    return ranges;
  }
}
