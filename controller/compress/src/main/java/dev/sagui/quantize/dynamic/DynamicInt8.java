/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.fold.Scratch;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Computes matrix products in int8: weights are quantized here, activations to uint8 over their
 * range in each run.
 *
 * <p>MatMul and Gemm become com.microsoft.DynamicQuantizeMatMul or, where several share an
 * activation, one DynamicQuantizeLinear with a MatMulIntegerToFloat each; LSTM becomes
 * com.microsoft.DynamicQuantizeLSTM, a wide GRU a Scan of its steps, com.microsoft.Attention
 * QAttention; the rows of embedding tables are stored in int8 and scaled after Gather. Convolutions
 * stay: ConvInteger is slower than float32. Weights are read once for their ranges and once more
 * when the model is written; memory is bounded by a block.
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
    return apply(
        model,
        graph,
        WeightGroup.all(graph),
        new Int8Graph(model, graph, options, Smoothing.NONE, Map.of()),
        options,
        progress);
  }

  /**
   * As the other, by what samples show: the activations' channels are brought to like ranges first
   * (SmoothQuant), and weights rounded with error feedback (GPTQ).
   *
   * @param alpha how much of the activations' spread the weights take, 0 to 1; empty to choose for
   *     each activation what costs least
   * @param scratch holds the rounded weights until the model is written
   */
  public static StoredModel apply(
      OnnxModel model,
      DynamicOptions options,
      OptionalDouble alpha,
      Samples samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    Nodes.requireOpset(model);
    Graph graph = new Graph(model);
    List<WeightGroup> groups = WeightGroup.all(graph);
    Smoothing smoothing =
        Smoothing.of(model, graph, groups, samples, threads, alpha, options.levels());
    Map<String, Int8Codes> rounded =
        options.perChannel()
            ? new MomentRounding(model, smoothing, options, scratch)
                .of(groups, samples, threads, progress)
            : Map.of();
    Int8Graph edit = new Int8Graph(model, graph, options, smoothing, rounded);
    return apply(model, graph, groups, edit, options, progress);
  }

  private static StoredModel apply(
      OnnxModel model,
      Graph graph,
      List<WeightGroup> groups,
      Int8Graph edit,
      DynamicOptions options,
      Progress progress)
      throws IOException {
    List<StoredWeight> weights = new ArrayList<>();
    List<Node> layers =
        graph.nodes().stream()
            .filter(node -> node.is("LSTM") || node.is("GRU") || AttentionRewrite.takes(node))
            .toList();
    int steps = groups.size() + layers.size();
    int[] read = {0};
    List<Optional<Int8Codes>> codes =
        Parallel.map(
            groups,
            group -> {
              Optional<Int8Codes> found = edit.codes(group);
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
    GruRewrite gru = new GruRewrite(model, graph, options);
    AttentionRewrite attention = new AttentionRewrite(model, graph, options);
    for (int i = 0; i < layers.size(); i++) {
      Node node = layers.get(i);
      weights.addAll(
          node.is("LSTM")
              ? lstm.quantize(node)
              : node.is("GRU") ? gru.quantize(node) : attention.quantize(node));
      progress.at("read weights", (double) (groups.size() + i + 1) / steps);
    }
    boolean changed = weights.stream().anyMatch(StoredWeight::changed);
    return new StoredModel(changed ? Nodes.with(model, graph) : model, weights);
  }
}
