/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.GramProduct;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the layers of a model weights by which its values come as near as least squares can bring
 * them to those of a teacher that have the same names: in the order of the graph, each layer by
 * what it gets from the layers fitted before.
 */
public final class Refit {
  private static final int LEAST_ROWS_A_COLUMN = 2;

  private final OnnxModel teacher;
  private final Changes changes;
  private final List<Layer> layers;
  private final Set<String> affected;
  private final Map<String, List<Long>> shapes;
  private final Map<String, List<Long>> wanted;
  private final Observed observed;
  private final Cut cut;

  /** Weights in a form that a layer is to have. */
  @FunctionalInterface
  public interface Form {
    Fitted fit(Regression moments);
  }

  /**
   * @param map [inputs, outputs], inputs by [channel, tap]
   * @param constant by output
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Fitted(double[][] map, double[] constant) {}

  /**
   * In what a student differs before anything is fitted.
   *
   * @param values that are others than the teacher's
   * @param forms by what a convolution gives, which must have weights and a bias of its own
   */
  public record Changes(Set<String> values, Map<String, Form> forms, Others others) {
    public Changes {
      values = Set.copyOf(values);
      forms = Map.copyOf(forms);
    }
  }

  private Refit(
      OnnxModel teacher, OnnxModel student, Changes changes, GramProduct product, Data data)
      throws IOException {
    this.teacher = teacher;
    this.changes = changes;
    List<Tensor> inputs = data.samples().first(2);
    this.shapes = RunShapes.of(student, inputs, data.threads());
    this.wanted = RunShapes.of(teacher, inputs, data.threads());
    DependencyGraph dependencies = DependencyGraph.of(student, shapes);
    this.layers = Layer.of(dependencies);
    this.affected = affected(dependencies, changes.values());
    this.cut = new Cut(dependencies, Set.of());
    int batch = inputs.get(0).shape().indexOf(2L) == 0 ? 2 : 1;
    this.observed =
        new Observed(product, data.samples().forCalibration(), data.threads(), shapes, batch);
  }

  /** What becomes of layers without a form of their own that get other values than they did. */
  public enum Others {
    LEFT,
    /** Least squares for what they give. */
    LINEAR,
    /** The same, then for what is computed from that next; takes several times as long. */
    THOROUGH
  }

  /** Samples to fit on. */
  public record Data(Samples samples, int threads) {}

  /**
   * @param teacher float32
   * @param student cleaned up, float32, with the same inputs
   * @throws RejectedException BAD_REQUEST when there are too few samples for a layer of {@code
   *     forms}
   */
  public static OnnxModel apply(OnnxModel teacher, OnnxModel student, Changes changes, Data data)
      throws IOException {
    try (GramProduct product = GramProduct.open(data.threads())) {
      return new Refit(teacher, student, changes, product, data).apply();
    }
  }

  private static Set<String> affected(DependencyGraph dependencies, Set<String> values) {
    Set<String> affected = new HashSet<>(values);
    for (Node node : dependencies.graph().nodes()) {
      if (node.uses().stream().anyMatch(affected::contains)) {
        affected.addAll(node.outputs());
      }
    }
    return affected;
  }

  private OnnxModel apply() throws IOException {
    Set<String> missing = new HashSet<>(changes.forms().keySet());
    for (Layer layer : layers) {
      String output = layer.map().consumer().output();
      if (affected.contains(output) && isTold(layer)) {
        fit(layer);
        missing.remove(output);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("no layer gives " + missing + "; this is a bug");
    }
    return cut.model();
  }

  /** Whether the teacher has the value that the layer aims at. */
  private boolean isTold(Layer layer) {
    String value = layer.target().value();
    return wanted.containsKey(value) && wanted.get(value).equals(shapes.get(value));
  }

  private void fit(Layer layer) throws IOException {
    LayerMap map = layer.map();
    Form form = changes.forms().get(map.consumer().output());
    if (form == null && changes.others() == Others.LEFT) {
      return;
    }
    OnnxModel model = cut.model();
    Map<Layer, Observed.Seen> all = observed.seen(model, Map.of(layer, map));
    Observed.Seen seen = all.getOrDefault(layer, new Observed.Seen(new Rows(0), new Rows(0)));
    Rows inputs = seen.inputs();
    boolean tells = tells(map, inputs);
    if (tells && form == null) {
      Fit.fit(
          observed.product(),
          map,
          cut.weights(layer),
          cut.bias(layer),
          inputs,
          wanted(layer, seen.skipped()),
          changes.others() == Others.THOROUGH ? layer.target().after() : Target.After.LINEAR);
    } else if (tells && form != null) {
      Rows given = wanted(layer, seen.skipped());
      put(layer, form.fit(Regression.of(observed.product(), inputs.of(0), given.of(0))));
    } else if (form != null) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected samples enough to fit %s in another form, %d vectors of %d numbers are too few;"
                  .formatted(
                      map.consumer().node(),
                      inputs.of(0).size(),
                      map.channels() * map.parts().get(0).taps().size())
              + " give more samples");
    }
  }

  private void put(Layer layer, Fitted fitted) {
    Layer.put(layer.map(), fitted.map(), 0, cut.weights(layer));
    float[] bias = cut.bias(layer);
    for (int o = 0; o < bias.length; o++) {
      bias[o] = (float) fitted.constant()[o];
    }
  }

  private static boolean tells(LayerMap map, Rows inputs) {
    for (int part = 0; part < map.parts().size(); part++) {
      int columns = map.channels() * map.parts().get(part).taps().size();
      if (inputs.of(part).size() < LEAST_ROWS_A_COLUMN * columns) {
        return false;
      }
    }
    return true;
  }

  /** What the teacher gives, less what a skip of the student adds already. */
  private Rows wanted(Layer layer, Rows skipped) throws IOException {
    String value = layer.target().value();
    Rows all = observed.outputs(teacher, Map.of(layer, value)).getOrDefault(layer, new Rows(0));
    for (int part = 0; part < layer.map().parts().size(); part++) {
      for (int n = 0; n < skipped.of(part).size(); n++) {
        float[] row = all.of(part).get(n);
        for (int o = 0; o < row.length; o++) {
          row[o] -= skipped.of(part).get(n)[o];
        }
      }
    }
    return all;
  }
}
