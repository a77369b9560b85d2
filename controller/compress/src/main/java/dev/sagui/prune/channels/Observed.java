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
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What flows into layers and out of them on the samples, at positions that are the same in every
 * model that they are looked at in.
 */
final class Observed {
  private static final int ROWS = 8192;

  /** Of the vectors of one part that are kept at once. */
  private static final int MOST_BYTES = 64_000_000;

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

  /** Where a value of a layer goes. */
  private record Watched(Layer layer, String value, Positions positions, LayerRows.Sink sink) {
    void inputs(LayerMap map, Tensor value) {
      LayerRows.inputs(map, value, positions, sink);
    }

    void outputs(Tensor value) {
      LayerRows.outputs(layer.map(), value, positions, sink);
    }
  }

  /** The second moments of each layer's inputs, part by part. */
  Map<Layer, List<InputGram>> grams(OnnxModel model, Collection<Layer> layers) throws IOException {
    Map<Layer, List<GramSum>> moments = new LinkedHashMap<>();
    List<Watched> watched = new ArrayList<>();
    for (Layer layer : layers) {
      LayerMap map = layer.map();
      List<GramSum> each =
          map.parts().stream()
              .map(part -> GramSum.square(product, map.channels() * part.taps().size()))
              .toList();
      moments.put(layer, each);
      String input = map.consumer().input();
      watched.add(
          new Watched(layer, input, positions(layer), (part, row) -> each.get(part).add(row)));
    }
    forEach(model, watched, (at, value) -> at.inputs(at.layer.map(), value));
    Map<Layer, List<InputGram>> grams = new LinkedHashMap<>();
    moments.forEach(
        (layer, each) -> grams.put(layer, each.stream().map(GramSum::moments).toList()));
    return grams;
  }

  /** The vectors that a layer gets in a model, whatever its width there. */
  Rows inputs(OnnxModel model, Layer layer, LayerMap map) throws IOException {
    Rows rows = new Rows(map.parts().size());
    String input = map.consumer().input();
    forEach(
        model,
        List.of(new Watched(layer, input, positions(layer), rows::add)),
        (at, value) -> at.inputs(map, value));
    return rows;
  }

  /** Values of the shape of what layers give, by their names. */
  Map<Layer, Rows> outputs(OnnxModel model, Map<Layer, String> values) throws IOException {
    Map<Layer, Rows> all = new LinkedHashMap<>();
    List<Watched> watched = new ArrayList<>();
    values.forEach(
        (layer, value) -> {
          Rows rows = new Rows(layer.map().parts().size());
          all.put(layer, rows);
          watched.add(new Watched(layer, value, positions(layer), rows::add));
        });
    forEach(model, watched, (at, value) -> at.outputs(value));
    return all;
  }

  GramProduct product() {
    return product;
  }

  private Positions positions(Layer layer) {
    LayerMap map = layer.map();
    double all =
        (double) Positions.count(map, shapes.getOrDefault(map.consumer().output(), List.of()))
            / batch
            * samples.count();
    int columns =
        map.parts().stream().mapToInt(p -> map.channels() * p.taps().size()).max().orElse(1);
    double wanted = Math.min(Math.max(ROWS, 4.0 * columns), MOST_BYTES / (4.0 * columns));
    return new Positions(map, wanted * map.parts().size() / all, 1);
  }

  private void forEach(OnnxModel model, List<Watched> watched, BiConsumer<Watched, Tensor> take)
      throws IOException {
    InputValues.forEach(
        model,
        watched.stream().map(Watched::value).toList(),
        samples,
        threads,
        value ->
            watched.stream()
                .filter(at -> at.value().equals(value.name()))
                .forEach(at -> take.accept(at, value)));
  }
}
