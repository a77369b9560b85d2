/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.ShrunkGram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One layer's weights with what is known of its inputs: what they become at a share of zeros. */
final class LayerJob {
  private final Prunable layer;
  private final SparsityOptions options;
  private final float[] wanted;
  private final boolean shifts;
  private final List<double[]> means;
  private final List<LayerPruning> groups;

  private LayerJob(
      Prunable layer,
      float[] rows,
      boolean shifts,
      SparsityOptions options,
      List<double[]> means,
      List<LayerPruning> groups) {
    this.layer = layer;
    this.wanted = rows;
    this.shifts = shifts;
    this.options = options;
    this.means = means;
    this.groups = groups;
  }

  /**
   * Reads the weights when the moments are gone.
   *
   * @param bias whether the layer has a bias that can take a mean, or can be given one
   * @param grams one a group, which are taken out so that they are held no longer than needed;
   *     empty where the layer's inputs are not seen
   */
  static LayerJob of(
      OnnxModel model, Prunable layer, boolean bias, SparsityOptions options, List<InputGram> grams)
      throws IOException {
    boolean shifts = bias && !grams.isEmpty() && options.repair() != Repair.NONE;
    List<double[]> means = new ArrayList<>();
    List<LayerPruning> groups = new ArrayList<>();
    int count = layer.rows().count() / layer.rows().perGroup();
    for (int g = 0; g < count; g++) {
      Optional<InputGram> gram = Optional.empty();
      if (!grams.isEmpty()) {
        means.add(grams.get(0).mean());
        gram = Optional.of(taken(grams, shifts));
      }
      groups.add(new LayerPruning(layer.size(), options, gram));
    }
    float[] rows = layer.rows(TensorValues.floats(model, layer.tensor()));
    return new LayerJob(layer, rows, shifts, options, means, groups);
  }

  private static InputGram taken(List<InputGram> grams, boolean shifts) {
    InputGram gram = grams.remove(0);
    ShrunkGram.draw(gram);
    return shifts ? gram.centred() : gram;
  }

  /**
   * What a layer becomes.
   *
   * @param rows [outputs, inputs]
   * @param shift of its bias, for each output; empty for none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Result(float[] rows, Optional<double[]> shift, Criterion criterion) {}

  Result at(double share) {
    float[] rows = wanted;
    double[] shift = new double[layer.rows().count()];
    int part = wanted.length / groups.size();
    for (int g = 0; g < groups.size(); g++) {
      float[] own =
          groups.size() == 1 ? wanted : Arrays.copyOfRange(wanted, g * part, (g + 1) * part);
      float[] found = groups.get(g).pruned(own, share);
      for (int i = 0; shifts && i < part; i++) {
        double lost = (double) own[i] - found[i];
        shift[(g * part + i) / layer.size()] += lost * means.get(g)[i % layer.size()];
      }
      rows = groups.size() == 1 ? found : joined(rows == wanted ? wanted.clone() : rows, found, g);
    }
    Criterion criterion = means.isEmpty() ? Criterion.MAGNITUDE : options.criterion();
    return new Result(rows, shifts ? Optional.of(shift) : Optional.empty(), criterion);
  }

  private static float[] joined(float[] rows, float[] part, int group) {
    System.arraycopy(part, 0, rows, group * part.length, part.length);
    return rows;
  }
}
