/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Score;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A new head by a closed form: a training of one step. */
final class ClosedFormHead implements Training {
  private static final String ROWS = "head.rows";
  private static final String BIAS = "head.bias";

  private final OnnxModel base;
  private final Head head;
  private final Features heldOut;
  private final Supplier<LinearMap> solver;
  private LinearMap map;
  private long done;

  /**
   * @param heldOut to be judged by
   * @param classes that the new head tells apart
   */
  ClosedFormHead(
      OnnxModel base, Head head, Features heldOut, Supplier<LinearMap> solver, int classes) {
    this.base = base;
    this.head = head;
    this.heldOut = heldOut;
    this.solver = solver;
    this.map = new LinearMap(new double[classes * head.inputs()], new double[classes]);
  }

  @Override
  public long done() {
    return done;
  }

  @Override
  public long steps() {
    return 1;
  }

  /** One step is all that it takes. */
  @Override
  public void plan(long steps) {}

  @Override
  public Map<String, Double> step() {
    map = solver.get();
    done = 1;
    return Map.of("loss", 1 - heldOut.accuracy(map));
  }

  @Override
  public Score score() {
    return new Score(LabelTask.METRIC, heldOut.accuracy(map), true);
  }

  @Override
  public TrainingState state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(ROWS, Tensor.of(ROWS, floats(map.rows()), map.rows().length));
    tensors.put(BIAS, Tensor.of(BIAS, floats(map.bias()), map.classes()));
    return new TrainingState(done, 1, tensors);
  }

  @Override
  public void resume(TrainingState state) {
    double[] rows = doubles(state.floats(ROWS, List.of((long) map.rows().length)));
    map = new LinearMap(rows, doubles(state.floats(BIAS, List.of((long) map.classes()))));
    done = state.done();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @Override
  public Map<String, OnnxModel> models() {
    return Map.of("model", head.replaced(base, map));
  }

  @Override
  public void close() {}
}
