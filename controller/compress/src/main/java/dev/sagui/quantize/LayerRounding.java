/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorSize;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.quantize.gram.ShrunkGram;
import dev.sagui.quantize.gram.WeightRows;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Weights of Conv, ConvTranspose, Gemm and MatMul in few bits, rounded by what their layers see of
 * the samples. Second moments are those of the original model, so that one pass serves many layers.
 *
 * <p>Memory is that of one weight of at most {@value #MAX_ELEMENTS} elements and of matrices of
 * {@value #PASS_ELEMENTS} elements in all; the levels lie in a scratch file. Larger layers are left
 * to rounding without data.
 */
final class LayerRounding {
  private static final int MAX_COLUMNS = 4000;
  private static final int MAX_ELEMENTS = 1 << 25;
  private static final long PASS_ELEMENTS = 1 << 24;
  private static final int HEAP_BYTES = 1 << 20;

  private final OnnxModel model;
  private final Graph graph;
  private final WeightUses uses;
  private final Samples samples;
  private final Scratch scratch;
  private final int threads;

  LayerRounding(OnnxModel model, Samples samples, Scratch scratch, int threads) {
    this.model = model;
    this.graph = new Graph(model);
    this.uses = new WeightUses(model.graph());
    this.samples = samples;
    this.scratch = scratch;
    this.threads = threads;
  }

  /**
   * Rounds to some formats.
   *
   * @param formats of few bits
   * @param except weights to leave out
   * @return by the weight's name, in the order of the formats; those that cannot be rounded by data
   *     are missing
   */
  Map<String, List<PackedWeight>> round(
      List<StoreFormat> formats, Set<String> except, Progress progress) throws IOException {
    Map<String, List<PackedWeight>> packed = new LinkedHashMap<>();
    Map<String, LayerInput> layers = layers(except);
    int done = 0;
    for (Map<String, LayerInput> pass : passes(layers)) {
      Map<LayerInput, List<InputGram>> grams = InputGram.of(model, pass.values(), samples, threads);
      for (Map.Entry<String, LayerInput> layer : pass.entrySet()) {
        List<InputGram> seen =
            grams.getOrDefault(layer.getValue(), List.of()).stream().map(ShrunkGram::of).toList();
        TensorProto tensor = graph.constant(layer.getKey()).orElseThrow();
        Optional<ChannelLayout> layout = uses.layout(tensor);
        if (layout.isPresent()
            && !seen.isEmpty()
            && seen.stream().allMatch(gram -> gram.count() > 0)) {
          packed.put(
              layer.getKey(), rounded(tensor, layout.get(), layer.getValue(), seen, formats));
        }
        progress.at("round weights", (double) ++done / layers.size());
      }
    }
    return packed;
  }

  private Map<String, LayerInput> layers(Set<String> except) {
    Map<String, LayerInput> layers = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      Optional<TensorProto> weight =
          graph
              .constant(node.input(1))
              .filter(w -> w.getDataType() == ElementType.FLOAT.number() && fits(w))
              .filter(w -> !except.contains(node.input(1)) && !layers.containsKey(node.input(1)));
      weight
          .flatMap(w -> LayerInput.of(node, w.getDimsList()))
          .filter(input -> input.size() <= MAX_COLUMNS)
          .ifPresent(input -> layers.put(node.input(1), input));
    }
    return layers;
  }

  private static boolean fits(TensorProto weight) {
    long elements = TensorSize.elements(weight);
    return elements >= StoredGraph.MIN_ELEMENTS && elements <= MAX_ELEMENTS;
  }

  private static List<Map<String, LayerInput>> passes(Map<String, LayerInput> layers) {
    List<Map<String, LayerInput>> passes = new ArrayList<>();
    Map<String, LayerInput> pass = new LinkedHashMap<>();
    long held = 0;
    for (Map.Entry<String, LayerInput> layer : layers.entrySet()) {
      LayerInput input = layer.getValue();
      long needed = (long) input.groups() * input.size() * input.size();
      if (pass.isEmpty() || held + needed > PASS_ELEMENTS) {
        pass = new LinkedHashMap<>();
        passes.add(pass);
        held = 0;
      }
      pass.put(layer.getKey(), input);
      held += needed;
    }
    return passes;
  }

  private List<PackedWeight> rounded(
      TensorProto tensor,
      ChannelLayout layout,
      LayerInput input,
      List<InputGram> grams,
      List<StoreFormat> formats)
      throws IOException {
    float[] values = values(tensor);
    WeightRows rows = WeightRows.of(input);
    List<RoundedLayer.Group> groups = grams.stream().map(RoundedLayer.Group::of).toList();
    Levels rounding =
        (scales, own, grid) -> stored(RoundedLayer.of(values, scales, own, rows, groups, grid));
    List<PackedWeight> packed = new ArrayList<>();
    for (StoreFormat format : formats) {
      packed.add(PackedWeight.of(model.payload(tensor), layout, format, rounding));
    }
    return packed;
  }

  private float[] values(TensorProto tensor) throws IOException {
    FloatBuffer values = FloatBuffer.allocate((int) TensorSize.elements(tensor));
    model.payload(tensor).read(block -> values.put(block.asFloatBuffer()));
    return values.array();
  }

  private Payload stored(byte[] levels) throws IOException {
    if (levels.length <= HEAP_BYTES) {
      return Payload.of(ByteString.copyFrom(levels));
    }
    Path file = scratch.next();
    Files.write(file, levels);
    return new FileSpan(file, 0, levels.length);
  }
}
