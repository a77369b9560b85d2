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
import java.util.Comparator;
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

  /** What fifth bits may cost: this share of the weights as float32. */
  private static final double WIDEN_SHARE = 1.0 / 40;

  private final OnnxModel model;
  private final Graph graph;
  private final WeightUses uses;
  private final Samples samples;
  private final Scratch scratch;
  private final int threads;
  private final Map<String, PackedWeight> packed = new HashMap<>();
  private final Map<String, Double> errors = new HashMap<>();

  Int4Rounding(OnnxModel model, Samples samples, Scratch scratch, int threads) {
    this.model = model;
    this.graph = new Graph(model);
    this.uses = new WeightUses(model.graph());
    this.samples = samples;
    this.scratch = scratch;
    this.threads = threads;
  }

  /**
   * Rounds to int4.
   *
   * @param except weights to leave out
   */
  void round(Set<String> except, Progress progress) throws IOException {
    round(layers(except), Int4Payload.BITS, progress);
  }

  /**
   * Gives the layers of the largest errors a fifth bit, as long as these are a fortieth of the
   * float32 bytes.
   *
   * @return whether one got it
   */
  boolean widen(Progress progress) throws IOException {
    double room = WIDEN_SHARE * Float.BYTES * model.facts().parameters();
    Map<String, LayerInput> chosen = new LinkedHashMap<>();
    List<Map.Entry<String, LayerInput>> worst = new ArrayList<>(layers(Set.of()).entrySet());
    worst.sort(Comparator.comparingDouble(layer -> -errors.getOrDefault(layer.getKey(), 0.0)));
    for (Map.Entry<String, LayerInput> layer : worst) {
      long elements = layer.getValue().weightDims().stream().reduce(1L, (a, b) -> a * b);
      double cost = (double) elements / FifthBit.PER_BYTE;
      boolean fits = cost <= room && elements % FifthBit.PER_BYTE == 0;
      if (fits && errors.getOrDefault(layer.getKey(), 0.0) > 0) {
        chosen.put(layer.getKey(), layer.getValue());
        room -= cost;
      }
    }
    round(chosen, Int4Payload.BITS + 1, progress);
    return !chosen.isEmpty();
  }

  /** By the weight's name; those that cannot be rounded by data are missing. */
  Map<String, PackedWeight> packed() {
    return packed;
  }

  private void round(Map<String, LayerInput> layers, int bits, Progress progress)
      throws IOException {
    int done = 0;
    for (Map<String, LayerInput> pass : passes(layers)) {
      Map<LayerInput, List<InputGram>> grams = InputGram.of(model, pass.values(), samples, threads);
      for (Map.Entry<String, LayerInput> layer : pass.entrySet()) {
        TensorProto tensor = graph.constant(layer.getKey()).orElseThrow();
        LayerInput input = layer.getValue();
        round(tensor, input, grams.getOrDefault(input, List.of()), bits);
        progress.at("round weights", (double) ++done / layers.size());
      }
    }
  }

  private Map<String, LayerInput> layers(Set<String> except) {
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

  private void round(TensorProto tensor, LayerInput input, List<InputGram> grams, int bits)
      throws IOException {
    Optional<ChannelLayout> found = uses.layout(tensor);
    boolean seen = !grams.isEmpty() && grams.stream().allMatch(gram -> gram.count() > 0);
    if (found.isEmpty() || !seen) {
      return;
    }
    ChannelLayout layout = found.get();
    Optional<ChannelScales> best = PackedWeight.int4Scales(model.payload(tensor), layout, bits);
    if (best.isEmpty()) {
      return;
    }
    ChannelScales scales = best.get();
    RoundedLayer.Rounded rounded =
        RoundedLayer.of(values(tensor), scales, layout, WeightRows.of(input), grams, bits);
    errors.put(tensor.getName(), rounded.error());
    packed.put(tensor.getName(), packed(rounded.levels(), scales, layout, bits));
  }

  private PackedWeight packed(byte[] levels, ChannelScales scales, ChannelLayout layout, int bits)
      throws IOException {
    if (bits == Int4Payload.BITS) {
      return PackedWeight.scaled(ElementType.INT4, stored(levels, bits), scales, layout);
    }
    byte[] high = new byte[levels.length];
    for (int i = 0; i < levels.length; i++) {
      high[i] = (byte) (levels[i] >> 1);
    }
    return PackedWeight.scaled(
            ElementType.INT4, stored(high, Int4Payload.BITS), scales.doubled(), layout)
        .with(stored(levels, 1));
  }

  private float[] values(TensorProto tensor) throws IOException {
    FloatBuffer values = FloatBuffer.allocate((int) TensorSize.elements(tensor));
    model.payload(tensor).read(block -> values.put(block.asFloatBuffer()));
    return values.array();
  }

  /** The lowest bits of each level, the first level in the lowest bits of a byte. */
  private Payload stored(byte[] levels, int bits) throws IOException {
    int each = Byte.SIZE / bits;
    byte[] bytes = new byte[(levels.length + each - 1) / each];
    for (int i = 0; i < levels.length; i++) {
      bytes[i / each] |= (byte) ((levels[i] & ((1 << bits) - 1)) << (i % each * bits));
    }
    if (bytes.length <= HEAP_BYTES) {
      return Payload.of(ByteString.copyFrom(bytes));
    }
    Path file = scratch.next();
    Files.write(file, bytes);
    return new FileSpan(file, 0, bytes.length);
  }
}
