/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Second moments of the vectors x that a layer, or one group of a convolution, multiplies its
 * weights with: rounding errors E of its weights [out, size] cost tr(E H E') in its output.
 *
 * @param second H = E[x x'], [size, size], symmetric, row by row
 * @param mean E[x], [size]
 * @param count vectors seen
 */
@SuppressWarnings("ArrayRecordComponent")
public record InputGram(int size, double[] second, double[] mean, long count) {
  private static final int ALL = Integer.MAX_VALUE;

  /**
   * Streams the samples once: memory is that of one batch and of the layers' matrices, so that
   * callers with many layers ask for a few at a time.
   *
   * @return for each layer one entry a group, in order
   * @throws dev.sagui.failure.RejectedException as {@link Taps#forEach}
   * @throws IOException the disk failed or is full
   */
  public static Map<LayerInput, List<InputGram>> of(
      OnnxModel model, Collection<LayerInput> layers, Samples samples, int threads)
      throws IOException {
    Map<LayerInput, Moments[]> moments = fresh(layers);
    InputValues.forEach(
        model,
        layers.stream().map(LayerInput::input).toList(),
        samples,
        threads,
        value -> add(value, moments, layer -> ALL));
    return finished(moments);
  }

  /**
   * The same from batches at hand, for layers whose inputs nodes of the graph give.
   *
   * @param positions of an image that are looked at for a layer, at most about so many
   */
  public static Map<LayerInput, List<InputGram>> of(
      OnnxModel model,
      Collection<LayerInput> layers,
      List<List<Tensor>> batches,
      ToIntFunction<LayerInput> positions,
      int threads)
      throws IOException {
    Map<LayerInput, Moments[]> moments = fresh(layers);
    try (Taps taps =
        Taps.of(model, layers.stream().map(LayerInput::input).distinct().toList(), threads)) {
      taps.forEach(batches, value -> add(value, moments, positions));
    }
    return finished(moments);
  }

  /** Batches of a layer's input, one at a time. */
  @FunctionalInterface
  public interface Batches {
    void forEach(Consumer<Tensor> each) throws IOException;
  }

  /**
   * The same of one layer, whose input is at hand.
   *
   * @return one entry a group, in order
   * @throws IOException as the batches
   */
  public static List<InputGram> of(LayerInput layer, Batches batches) throws IOException {
    Moments[] moments = fresh(layer);
    batches.forEach(value -> layer.add(value, moments, ALL));
    return finished(moments);
  }

  private static Map<LayerInput, List<InputGram>> finished(Map<LayerInput, Moments[]> moments) {
    Map<LayerInput, List<InputGram>> result = new LinkedHashMap<>();
    moments.forEach((layer, each) -> result.put(layer, finished(each)));
    return result;
  }

  private static Map<LayerInput, Moments[]> fresh(Collection<LayerInput> layers) {
    Map<LayerInput, Moments[]> moments = new LinkedHashMap<>();
    layers.forEach(layer -> moments.put(layer, fresh(layer)));
    return moments;
  }

  private static Moments[] fresh(LayerInput layer) {
    Moments[] moments = new Moments[layer.groups()];
    for (int i = 0; i < moments.length; i++) {
      moments[i] = new Moments(layer.size());
    }
    return moments;
  }

  private static void add(
      Tensor value, Map<LayerInput, Moments[]> moments, ToIntFunction<LayerInput> positions) {
    moments.forEach(
        (layer, each) -> {
          if (layer.input().equals(value.name())) {
            layer.add(value, each, positions.applyAsInt(layer));
          }
        });
  }

  private static List<InputGram> finished(Moments[] moments) {
    List<InputGram> grams = new ArrayList<>();
    for (Moments each : moments) {
      grams.add(each.finish());
    }
    return grams;
  }

  /** The moments around the mean. */
  public InputGram centred() {
    double[] around = second.clone();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        around[i * size + j] -= mean[i] * mean[j];
      }
    }
    return new InputGram(size, around, mean, count);
  }
}
