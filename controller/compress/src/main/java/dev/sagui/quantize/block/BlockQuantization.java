/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.StoredModel;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputChannels;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.quantize.linear.InputScaling;
import dev.sagui.quantize.linear.LinearLayer;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.WeightGroup;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights of 2, 4 or 8 bits with a scale for each block of inputs: MatMul and Gemm become
 * com.microsoft.MatMulNBits, look-ups of embedding rows com.microsoft.GatherBlockQuantized. A table
 * that both use is kept once.
 *
 * <p>Weights are read once, in bands; what GPTQ holds is one layer and its inputs' second moments.
 * With GPTQ each layer is calibrated on the model whose layers before it are quantized already.
 */
public final class BlockQuantization {
  /**
   * Of the mean of the diagonal of the inputs' second moments, added to it: ten times what the
   * paper takes, for samples are fewer here than channels are wide.
   */
  private static final double DAMPING = 0.1;

  /** What the last layers' input gave. */
  private record Shared(String input, ErrorFeedback feedback) {}

  private final OnnxModel model;
  private final Graph graph;
  private final BlockOptions options;
  private final Optional<Samples> samples;
  private final Scratch scratch;
  private final int threads;
  private final Map<String, double[]> factors = new LinkedHashMap<>();
  private final Map<String, String> divided = new LinkedHashMap<>();
  private final Map<String, double[]> powers = new LinkedHashMap<>();
  private Optional<Shared> last = Optional.empty();

  private BlockQuantization(
      OnnxModel model,
      BlockOptions options,
      Optional<Samples> samples,
      Scratch scratch,
      int threads) {
    this.model = model;
    this.graph = new Graph(model);
    this.options = options;
    this.samples = samples;
    this.scratch = scratch;
    this.threads = threads;
  }

  /**
   * @param samples to calibrate on; GPTQ and AWQ need them, k-quant can do without
   * @param scratch holds the quantized weights until the model is written
   * @throws RejectedException UNSUPPORTED_MODEL for opsets before 13; BAD_REQUEST when the method
   *     needs samples and there are none
   */
  public static StoredModel apply(
      OnnxModel model,
      BlockOptions options,
      Optional<Samples> samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    Nodes.requireOpset(model);
    if (options.method().needsSamples() && samples.isEmpty()) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "%s needs samples to calibrate on, there are none; give some, or choose mse"
              .formatted(options.method().label()));
    }
    return new BlockQuantization(model, options, samples, scratch, threads).apply(progress);
  }

  private StoredModel apply(Progress progress) throws IOException {
    List<StoredWeight> weights = new ArrayList<>();
    List<WeightGroup> groups = InOrder.of(graph);
    if (options.method().seesPower() && samples.isPresent()) {
      see(groups, samples.get());
    }
    if (options.method() == BlockMethod.AWQ) {
      scale(groups);
    }
    for (WeightGroup group : groups) {
      weights.add(quantize(group));
      progress.at("quantize weights", (double) weights.size() / groups.size());
    }
    boolean changed = weights.stream().anyMatch(StoredWeight::changed);
    return new StoredModel(changed ? Nodes.with(model, graph) : model, weights);
  }

  private StoredWeight quantize(WeightGroup group) throws IOException {
    String obstacle = obstacle(group);
    if (!obstacle.isEmpty()) {
      return left(group, obstacle);
    }
    TensorProto weight = group.weight();
    int bits = group.gathers().isEmpty() ? options.bits() : options.embeddingBits();
    try (BlockFiles files = new BlockFiles(scratch)) {
      if (!into(files, group, bits)) {
        return left(group, "it holds values that are not finite");
      }
      long after = new BlockNodes(model, graph, options, bits, divided).replace(group, files);
      return new StoredWeight(weight.getName(), group.bytes(), after, "");
    }
  }

  private boolean into(BlockFiles files, WeightGroup group, int bits) throws IOException {
    MatrixRows matrix = group.rows(model);
    boolean byRow = group.byRow();
    boolean calibrated = samples.isPresent() && group.gathers().isEmpty();
    if (options.method() == BlockMethod.GPTQ && calibrated) {
      return new Gptq(matrix, byRow, bits, options).into(files, feedback(group.layers().get(0)));
    }
    if (!calibrated) {
      return new BlockRounding(matrix, byRow, bits, options, new float[0]).into(files);
    }
    String input = group.layers().get(0).node().input(0);
    MatrixRows scaled = matrix.scaled(byRow, factors.getOrDefault(input, new double[0]));
    return new BlockRounding(scaled, byRow, bits, options, importance(input)).into(files);
  }

  /** Layers of one input follow each other, and share what is made of it. */
  private ErrorFeedback feedback(LinearLayer layer) throws IOException {
    String input = layer.node().input(0);
    if (last.isEmpty() || !last.get().input().equals(input)) {
      last = Optional.empty();
      OnnxModel before = Upstream.of(Nodes.with(model, graph), input);
      last = Optional.of(new Shared(input, feedback(before, LayerInput.of(layer))));
    }
    return last.get().feedback();
  }

  private ErrorFeedback feedback(OnnxModel before, LayerInput input) throws IOException {
    InputGram gram =
        InputGram.of(before, List.of(input), samples.orElseThrow(), threads)
            .getOrDefault(input, List.of())
            .get(0);
    return ErrorFeedback.of(gram, DAMPING, ErrorFeedback.Order.GIVEN);
  }

  /** What errors of each input's weights cost; empty when the method does not ask for it. */
  private float[] importance(String input) {
    double[] power = powers.getOrDefault(input, new double[0]);
    return Awq.weights(power, factors.getOrDefault(input, new double[0]));
  }

  private void see(List<WeightGroup> groups, Samples seen) throws IOException {
    Map<String, Integer> inputs = new LinkedHashMap<>();
    for (WeightGroup group : groups) {
      group.layers().forEach(layer -> inputs.put(layer.node().input(0), layer.inputs()));
    }
    InputChannels.of(model, inputs, seen, threads)
        .forEach((input, channels) -> powers.put(input, channels.power()));
  }

  /** Chooses factors of activations, and divides them. */
  private void scale(List<WeightGroup> groups) throws IOException {
    Awq awq = new Awq(model, options);
    for (Map.Entry<String, List<WeightGroup>> each : WeightGroup.byActivation(groups).entrySet()) {
      String input = each.getKey();
      double[] power = powers.get(input);
      boolean all = each.getValue().stream().allMatch(group -> obstacle(group).isEmpty());
      double[] own = power == null || !all ? new double[0] : awq.factors(each.getValue(), power);
      if (own.length > 0) {
        factors.put(input, own);
        if (!InputScaling.fold(model, graph, input, each.getValue(), own)) {
          divided.put(input, InputScaling.divided(graph, input, own));
        }
      }
    }
  }

  private String obstacle(WeightGroup group) {
    if (!group.obstacle().isEmpty()) {
      return group.obstacle();
    }
    if (group.isMixed()) {
      return "its rows belong together for one use and its columns for another";
    }
    if (group.gathers().isEmpty()) {
      return "";
    }
    if (!options.embeddings()) {
      return "embeddings are left as they are";
    }
    return group.weight().getDims(1) % options.block() == 0
        ? ""
        : "its rows of %d are no multiple of the block".formatted(group.weight().getDims(1));
  }

  private static StoredWeight left(WeightGroup group, String reason) {
    return new StoredWeight(group.weight().getName(), group.bytes(), group.bytes(), reason);
  }
}
