/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.InputValues;
import dev.sagui.run.GramProduct;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.WeightProducts;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What flows into layers and out of them on the samples, at positions that are the same in every
 * model that they are looked at in.
 */
final class Observed {
  private static final int ROWS = 8192;

  /** Of the vectors of one part that are kept at once. */
  private static final int MOST_BYTES = 64_000_000;

  /** Whose squares are averaged: about a sixth is what the mean is off by. */
  private static final int DIRECTIONS = 64;

  private static final int DIRECTION_ROWS = 4;

  private final GramProduct product;
  private final Samples samples;
  private final int threads;
  private final Map<String, List<Long>> shapes;
  private final int batch;

  /**
   * @param shapes of the original's values in a run of {@code batch} samples
   */
  Observed(
      GramProduct product,
      Samples samples,
      int threads,
      Map<String, List<Long>> shapes,
      int batch) {
    this.product = product;
    this.samples = samples;
    this.threads = threads;
    this.shapes = shapes;
    this.batch = batch;
  }

  /** Where a value goes. */
  private record Watched(String value, Consumer<Tensor> take) {}

  private Watched inputs(Layer layer, LayerMap map, LayerRows.Sink sink) {
    Positions positions = positions(layer);
    return new Watched(
        map.consumer().input(), value -> LayerRows.inputs(map, value, positions, sink));
  }

  private Watched outputs(Layer layer, String name, LayerRows.Sink sink) {
    Positions positions = positions(layer);
    return new Watched(name, value -> LayerRows.outputs(layer.map(), value, positions, sink));
  }

  /**
   * The second moments of each layer's inputs, part by part; the same for products of one value.
   */
  Map<Layer, List<InputGram>> grams(OnnxModel model, Collection<Layer> layers) throws IOException {
    Map<Object, List<GramSum>> moments = new LinkedHashMap<>();
    List<Watched> watched = new ArrayList<>();
    for (Layer layer : layers) {
      moments.computeIfAbsent(
          seenBy(layer),
          key -> {
            List<GramSum> each = sums(layer.map());
            watched.add(inputs(layer, layer.map(), (part, row) -> each.get(part).add(row)));
            return each;
          });
    }
    forEach(model, watched);
    Map<Object, List<InputGram>> finished = new HashMap<>();
    for (Object key : List.copyOf(moments.keySet())) { // a sum can go when its moments are there
      List<GramSum> each = Objects.requireNonNull(moments.remove(key));
      finished.put(key, each.stream().map(GramSum::moments).toList());
    }
    Map<Layer, List<InputGram>> grams = new LinkedHashMap<>();
    layers.forEach(layer -> grams.put(layer, finished.getOrDefault(seenBy(layer), List.of())));
    return grams;
  }

  private List<GramSum> sums(LayerMap map) {
    return map.parts().stream()
        .map(part -> GramSum.square(product, map.channels() * part.taps().size()))
        .toList();
  }

  /** Equal for layers that see the same vectors. */
  private static Object seenBy(Layer layer) {
    LayerMap map = layer.map();
    return map.isConvolution() ? layer : map.consumer().input();
  }

  /**
   * What a layer gets in a model, whatever its width there.
   *
   * @param skipped what its target's skip gives; empty when there is none
   */
  record Seen(Rows inputs, Rows skipped) {}

  /** The same of several layers in one run of the samples. */
  Map<Layer, Seen> seen(OnnxModel model, Map<Layer, LayerMap> layers) throws IOException {
    Map<Layer, Seen> all = new LinkedHashMap<>();
    List<Watched> watched = new ArrayList<>();
    layers.forEach(
        (layer, map) -> {
          Seen seen = new Seen(new Rows(map.parts().size()), new Rows(map.parts().size()));
          all.put(layer, seen);
          watched.add(inputs(layer, map, seen.inputs()::add));
          if (!layer.target().skip().isEmpty()) {
            watched.add(outputs(layer, layer.target().skip(), seen.skipped()::add));
          }
        });
    forEach(model, watched);
    return all;
  }

  /** Values of the shape of what layers give, by their names. */
  Map<Layer, Rows> outputs(OnnxModel model, Map<Layer, String> values) throws IOException {
    Map<Layer, Rows> all = new LinkedHashMap<>();
    List<Watched> watched = new ArrayList<>();
    values.forEach(
        (layer, value) -> {
          Rows rows = new Rows(layer.map().parts().size());
          all.put(layer, rows);
          watched.add(outputs(layer, value, rows::add));
        });
    forEach(model, watched);
    return all;
  }

  /** How far each channel of layers' inputs moves when the model's inputs do, as a mean square. */
  Map<Layer, double[]> moved(OnnxModel model, List<Layer> layers) throws IOException {
    return new Nudge(model, samples, threads).moved(layers);
  }

  /** Weights times their gradients, for outputs along one random direction after the other. */
  void products(OnnxModel model, Predicate<String> weights, Consumer<Map<String, FloatBuffer>> each)
      throws IOException {
    WeightProducts.forEach(model, weights, samples, DIRECTION_ROWS, DIRECTIONS, each);
  }

  GramProduct product() {
    return product;
  }

  private Positions positions(Layer layer) {
    LayerMap map = layer.map();
    return new Positions(map, wanted(map) * map.parts().size() / positionsOf(map), 1);
  }

  private double positionsOf(LayerMap map) {
    List<Long> shape = shapes.getOrDefault(map.consumer().output(), List.of());
    return (double) Positions.count(map, shape) / batch * samples.count();
  }

  /** Vectors of each part. */
  private static double wanted(LayerMap map) {
    int columns = columns(map);
    return Math.min(Math.max(ROWS, 4.0 * columns), MOST_BYTES / (4.0 * columns));
  }

  private static int columns(LayerMap map) {
    return map.parts().stream().mapToInt(p -> map.channels() * p.taps().size()).max().orElse(1);
  }

  /** About what the vectors of a layer take that are kept at once. */
  double bytes(LayerMap map) {
    double rows = Math.min(wanted(map) * map.parts().size(), positionsOf(map));
    return rows * (columns(map) + 2 * map.outputs()) * Float.BYTES;
  }

  private void forEach(OnnxModel model, List<Watched> watched) throws IOException {
    InputValues.forEach(
        model,
        watched.stream().map(Watched::value).toList(),
        samples,
        threads,
        value ->
            watched.stream()
                .filter(at -> at.value().equals(value.name()))
                .forEach(at -> at.take().accept(value)));
  }
}
