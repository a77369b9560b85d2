/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Parallel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.StoredModel;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.WeightGroup;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Computes matrix products in int8: weights are quantized here, activations to uint8 over their
 * range in each run.
 *
 * <p>MatMul and Gemm become com.microsoft.DynamicQuantizeMatMul or, where several share an
 * activation, one DynamicQuantizeLinear with a MatMulIntegerToFloat each; LSTM becomes
 * com.microsoft.DynamicQuantizeLSTM; the rows of embedding tables are stored in int8 and scaled
 * after Gather. Convolutions stay: ConvInteger is slower than float32. Weights are read once for
 * their ranges and once more when the model is written; memory is bounded by a block.
 */
public final class DynamicInt8 {
  private DynamicInt8() {}

  /**
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL for opsets before 13
   */
  public static StoredModel apply(OnnxModel model, DynamicOptions options, Progress progress)
      throws IOException {
    Nodes.requireOpset(model);
    Graph graph = new Graph(model);
    return apply(model, graph, WeightGroup.all(graph), Smoothing.NONE, options, progress);
  }

  /**
   * As the other, with the activations' channels brought to like ranges first (SmoothQuant).
   *
   * @param alpha how much of the activations' spread the weights take, 0 to 1
   */
  public static StoredModel apply(
      OnnxModel model,
      DynamicOptions options,
      double alpha,
      Samples samples,
      int threads,
      Progress progress)
      throws IOException {
    Nodes.requireOpset(model);
    Graph graph = new Graph(model);
    List<WeightGroup> groups = WeightGroup.all(graph);
    Smoothing smoothing = Smoothing.of(model, graph, groups, samples, threads, alpha);
    return apply(model, graph, groups, smoothing, options, progress);
  }

  private static StoredModel apply(
      OnnxModel model,
      Graph graph,
      List<WeightGroup> groups,
      Smoothing smoothing,
      DynamicOptions options,
      Progress progress)
      throws IOException {
    Int8Graph edit = new Int8Graph(model, graph, options, smoothing);
    List<StoredWeight> weights = new ArrayList<>();
    List<Node> recurrent = graph.nodes().stream().filter(node -> node.is("LSTM")).toList();
    int steps = groups.size() + recurrent.size();
    int[] read = {0};
    List<Optional<Int8Matrix>> codes =
        Parallel.map(
            groups,
            group -> {
              Optional<Int8Matrix> found = edit.codes(group);
              synchronized (edit) {
                read[0]++;
                progress.at("read weights", (double) read[0] / steps);
              }
              return found;
            });
    for (int i = 0; i < groups.size(); i++) {
      weights.add(edit.quantize(groups.get(i), codes.get(i)));
    }
    edit.replaceProducts();
    LstmRewrite lstm = new LstmRewrite(model, graph, options);
    for (int i = 0; i < recurrent.size(); i++) {
      weights.addAll(lstm.quantize(recurrent.get(i)));
      progress.at("read weights", (double) (groups.size() + i + 1) / steps);
    }
    boolean changed = weights.stream().anyMatch(StoredWeight::changed);
    return new StoredModel(changed ? Nodes.with(model, graph) : model, weights);
  }
}
