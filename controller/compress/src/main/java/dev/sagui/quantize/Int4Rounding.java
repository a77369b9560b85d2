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
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Weights of Conv, ConvTranspose, Gemm and MatMul in int4, rounded by what their layers see of the
 * samples. Second moments are those of the original model, so that one pass serves many layers.
 *
 * <p>Memory is that of one weight of at most {@value #MAX_ELEMENTS} elements and of matrices of
 * {@value #PASS_ELEMENTS} elements in all; the levels lie in a scratch file. Larger layers are left
 * to rounding without data.
 */
final class Int4Rounding {
  private static final int MAX_COLUMNS = 4000;
  private static final int MAX_ELEMENTS = 1 << 25;
  private static final long PASS_ELEMENTS = 1 << 24;
  private static final int HEAP_BYTES = 1 << 20;

  private final OnnxModel model;
  private final WeightUses uses;
  private final Scratch scratch;
  private final Map<String, PackedWeight> packed = new HashMap<>();

  private Int4Rounding(OnnxModel model, Scratch scratch) {
    this.model = model;
    this.uses = new WeightUses(model.graph());
    this.scratch = scratch;
  }

  /**
   * @param except weights to leave out
   * @return by the weight's name; layers that cannot be rounded by data are missing
   */
  static Map<String, PackedWeight> of(
      OnnxModel model,
      Set<String> except,
      Samples samples,
      Scratch scratch,
      int threads,
      Progress progress)
      throws IOException {
    Int4Rounding rounding = new Int4Rounding(model, scratch);
    Graph graph = new Graph(model);
    Map<String, LayerInput> layers = layers(graph, except);
    int done = 0;
    for (Map<String, LayerInput> pass : passes(layers)) {
      Map<LayerInput, List<InputGram>> grams = InputGram.of(model, pass.values(), samples, threads);
      for (Map.Entry<String, LayerInput> layer : pass.entrySet()) {
        TensorProto tensor = graph.constant(layer.getKey()).orElseThrow();
        LayerInput input = layer.getValue();
        rounding.round(tensor, input, grams.getOrDefault(input, List.of()));
        progress.at("round weights", (double) ++done / layers.size());
      }
    }
    return rounding.packed;
  }

  private static Map<String, LayerInput> layers(Graph graph, Set<String> except) {
    Map<String, LayerInput> layers = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      Optional<TensorProto> weight =
          graph
              .constant(node.input(1))
              .filter(w -> w.getDataType() == ElementType.FLOAT.number() && fits(w))
              .filter(w -> !except.contains(w.getName()) && !layers.containsKey(w.getName()));
      weight
          .flatMap(w -> LayerInput.of(node, w.getDimsList()))
          .filter(input -> input.size() <= MAX_COLUMNS)
          .ifPresent(input -> layers.put(node.input(1), input));
    }
    return layers;
  }

  private static boolean fits(TensorProto weight) {
    long elements = TensorSize.elements(weight);
    return elements >= WeightStore.MIN_ELEMENTS && elements <= MAX_ELEMENTS;
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

  private void round(TensorProto tensor, LayerInput input, List<InputGram> grams)
      throws IOException {
    Optional<ChannelLayout> layout = uses.layout(tensor);
    boolean seen = !grams.isEmpty() && grams.stream().allMatch(gram -> gram.count() > 0);
    if (layout.isEmpty() || !seen) {
      return;
    }
    Optional<float[]> scales = PackedWeight.int4Scales(model.payload(tensor), layout.get());
    if (scales.isEmpty()) {
      return;
    }
    byte[] levels =
        RoundedLayer.levels(
            values(tensor), scales.get(), layout.get(), WeightRows.of(input), grams);
    packed.put(
        tensor.getName(),
        PackedWeight.scaled(ElementType.INT4, stored(levels), scales.get(), layout.get()));
  }

  private float[] values(TensorProto tensor) throws IOException {
    FloatBuffer values = FloatBuffer.allocate((int) TensorSize.elements(tensor));
    model.payload(tensor).read(block -> values.put(block.asFloatBuffer()));
    return values.array();
  }

  /** Two levels a byte, the first in the low half. */
  private Payload stored(byte[] levels) throws IOException {
    byte[] bytes = new byte[(levels.length + 1) / 2];
    for (int i = 0; i < levels.length; i++) {
      bytes[i / 2] |= (byte) ((levels[i] & 0xF) << (i % 2 * 4));
    }
    if (bytes.length <= HEAP_BYTES) {
      return Payload.of(ByteString.copyFrom(bytes));
    }
    Path file = scratch.next();
    Files.write(file, bytes);
    return new FileSpan(file, 0, bytes.length);
  }
}
