/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.PlainInitializers;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stores float32 weights in fewer bits; the model computes in float32 as before.
 *
 * <p>Each weight W becomes {@code W_int8 → Cast → Mul(W_scale) → W}, {@code W_fp16 → Cast → W}, or
 * {@code W_index → Cast → Gather(W_table) → W}: patterns that ONNX Runtime folds at load for Conv,
 * ConvTranspose, Gemm, MatMul and Gather, so that latency and memory are those of float32. Weights
 * under {@value StoredGraph#MIN_ELEMENTS} elements stay as they are, and biases but for formats of
 * few bits. Memory is bounded by a block of a weight.
 */
public final class WeightStore {
  /** Cast takes four bits from here on. */
  static final int FEW_BITS_OPSET = 21;

  private WeightStore() {}

  /**
   * Reads each weight once or twice; the stored bytes are computed when the model is written.
   *
   * @throws RejectedException UNSUPPORTED_MODEL for opsets before 7, and for formats of few bits
   *     when the model cannot move to opset 21
   */
  public static StoredModel apply(OnnxModel model, StoreFormat format, Progress progress)
      throws IOException {
    return apply(upgraded(model, format), format, Map.of(), progress);
  }

  /**
   * The same with samples that say what each layer sees: formats of few bits are rounded so that
   * outputs change least, and int4 gets more bits where outputs are poor all the same, see {@link
   * MixedStore}.
   *
   * @throws RejectedException as the other, and as {@link dev.sagui.run.Taps#forEach}
   */
  public static StoredModel apply(
      OnnxModel model, StoreFormat format, StoreData data, Progress progress) throws IOException {
    if (!format.looksAtSamples()) {
      return apply(model, format, progress);
    }
    OnnxModel ready = upgraded(model, format);
    if (format == StoreFormat.INT4) {
      return MixedStore.int4(ready, data, progress);
    }
    Map<String, PackedWeight> rounded = new HashMap<>();
    new LayerRounding(ready, data.samples(), data.scratch(), data.threads())
        .round(List.of(format), last(ready), progress)
        .forEach((name, forms) -> rounded.put(name, forms.get(0)));
    return apply(ready, format, rounded, progress);
  }

  private static OnnxModel upgraded(OnnxModel model, StoreFormat format) {
    return format.isFew() ? OpsetUpgrade.to(model, FEW_BITS_OPSET) : model;
  }

  private static StoredModel apply(
      OnnxModel model, StoreFormat format, Map<String, PackedWeight> rounded, Progress progress)
      throws IOException {
    Set<String> last = format.isFew() ? last(model) : Set.of();
    StoredGraph.Forms forms =
        (tensor, uses) -> {
          PackedWeight found = rounded.get(tensor.getName());
          StoreFormat own = last.contains(tensor.getName()) ? StoreFormat.INT8 : format;
          return Optional.of(found == null ? form(model, tensor, own, uses) : found);
        };
    return StoredGraph.of(model, format.isFew(), forms, progress);
  }

  /** Biases, which have one dimension, are halved. */
  static PackedWeight form(OnnxModel model, TensorProto tensor, StoreFormat format, WeightUses uses)
      throws IOException {
    return tensor.getDimsCount() == 1
        ? PackedWeight.half(model.payload(tensor))
        : PackedWeight.of(model, tensor, format, uses);
  }

  /** Small last layers, see {@link LastLayers}. */
  static Set<String> last(OnnxModel model) {
    return LastLayers.of(PlainInitializers.of(model.proto()).getGraph());
  }
}
