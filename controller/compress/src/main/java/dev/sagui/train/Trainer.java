/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Trains one objective step by step. All that it knows beside the parameters' values is its {@link
 * #state}, so that what goes on from a checkpoint goes on as if it had never stopped.
 */
public final class Trainer {
  private final Objective objective;
  private final TrainerOptions options;
  private final Projection projection;
  private final FloatBuffer free;
  private final Optimizer optimizer;
  private final MovingAverage average;
  private final Growth growth;
  private final float[] sum;
  private long steps;
  private long done;

  public Trainer(Objective objective, TrainerOptions options) {
    this(objective, options, Projection.NONE);
  }

  /**
   * @param projection of the values that steps compute with; moments and averages are of the free
   *     ones
   */
  public Trainer(Objective objective, TrainerOptions options, Projection projection) {
    this.objective = objective;
    this.options = options;
    this.projection = projection;
    this.free =
        projection == Projection.NONE
            ? objective.floats()
            : FloatBuffer.allocate(objective.parameters().size())
                .put(0, objective.floats(), 0, objective.parameters().size());
    this.steps = options.steps();
    this.optimizer = new Optimizer(options.optimizer(), objective.parameters());
    this.average = new MovingAverage(options.average(), free);
    this.growth = new Growth(objective.parameters().trained(), free);
    this.sum = new float[options.accumulate() > 1 ? objective.parameters().trainedSize() : 0];
    project();
  }

  /** Steps done so far. */
  public long done() {
    return done;
  }

  /** Steps in all. */
  public long steps() {
    return steps;
  }

  /** Sets the steps in all, on which the rate of learning depends. */
  public void plan(long all) {
    steps = all;
  }

  /**
   * Does one step.
   *
   * @return the loss, under "loss", and its terms, before the step
   * @throws RejectedException DIVERGED when loss or gradient are not finite or weights grew beyond
   *     all measure, naming step and layer; the parameters are as they were before
   */
  public Map<String, Double> step() {
    growth
        .beyond(free)
        .ifPresent(
            what -> {
              throw diverged(what);
            });
    Map<String, Double> terms = new LinkedHashMap<>();
    java.util.Arrays.fill(sum, 0);
    for (int i = 0; i < options.accumulate(); i++) {
      objective
          .compute(done * options.accumulate() + i)
          .forEach((name, value) -> terms.merge(name, value / options.accumulate(), Double::sum));
      accumulate();
    }
    FloatBuffer gradient = objective.gradient();
    gather(gradient);
    requireFinite(terms, gradient);
    clip(gradient);
    double factor = options.schedule().factor(done, steps);
    optimizer.move(free, gradient, options.optimizer().rate() * factor, done);
    project();
    average.add(free, done);
    done++;
    return terms;
  }

  /** State is renewed where steps compute; the trained values come from the free ones. */
  private void project() {
    if (projection == Projection.NONE) {
      return;
    }
    FloatBuffer values = objective.floats();
    for (Parameter parameter : objective.parameters().all()) {
      if (parameter.trained()) {
        projection.project(parameter, free, values);
      } else {
        free.put(parameter.offset(), values, parameter.offset(), parameter.size());
      }
    }
  }

  private void accumulate() {
    FloatBuffer gradient = objective.gradient();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += gradient.get(i);
    }
  }

  private void gather(FloatBuffer gradient) {
    for (int i = 0; i < sum.length; i++) {
      gradient.put(i, sum[i] / options.accumulate());
    }
  }

  private void requireFinite(Map<String, Double> terms, FloatBuffer gradient) {
    for (Map.Entry<String, Double> term : terms.entrySet()) {
      if (!Double.isFinite(term.getValue())) {
        throw diverged(
            "its term '%s' is %s, and the largest weights are those of '%s'"
                .formatted(term.getKey(), term.getValue(), growth.largest(free)));
      }
    }
    for (Parameter parameter : objective.parameters().trained()) {
      int end = parameter.offset() + parameter.size();
      for (int i = parameter.offset(); i < end; i++) {
        if (!Float.isFinite(gradient.get(i))) {
          throw diverged("the gradient of '%s' is not finite".formatted(parameter.name()));
        }
      }
    }
  }

  private RejectedException diverged(String what) {
    return new RejectedException(
        FailureCode.DIVERGED,
        "training diverged at step %d: %s; lower the rate (%s now) or the gradient's norm (clip)"
            .formatted(done, what, options.optimizer().rate()));
  }

  private void clip(FloatBuffer gradient) {
    if (options.clip() <= 0) {
      return;
    }
    double power = 0;
    for (int i = 0; i < objective.parameters().trainedSize(); i++) {
      power += (double) gradient.get(i) * gradient.get(i);
    }
    double norm = Math.sqrt(power);
    if (norm > options.clip()) {
      float factor = (float) (options.clip() / norm);
      for (int i = 0; i < objective.parameters().trainedSize(); i++) {
        gradient.put(i, gradient.get(i) * factor);
      }
    }
  }

  /** The values to keep, projected: the moving average where there is one, else the last. */
  public ByteBuffer result() {
    ByteBuffer result = objective.parameters().allocate();
    FloatBuffer kept = options.average() > 0 ? FloatBuffer.wrap(average.values()) : free;
    FloatBuffer onto = result.asFloatBuffer();
    objective.parameters().all().forEach(p -> projection.project(p, kept, onto));
    return result;
  }

  /** What a checkpoint keeps; a copy. */
  public TrainingState state() {
    Map<String, float[]> arrays = new LinkedHashMap<>();
    float[] values = new float[objective.parameters().size()];
    free.get(0, values);
    arrays.put("values", values);
    arrays.put("average", average.values().clone());
    for (int i = 0; i < optimizer.moments().length; i++) {
      arrays.put("moment" + i, optimizer.moments()[i].clone());
    }
    return new TrainingState(done, steps, arrays);
  }

  /**
   * Goes on from where {@link #state} was taken.
   *
   * @throws RejectedException BAD_REQUEST when it is of other parameters or another optimizer
   */
  public void resume(TrainingState state) {
    done = state.done();
    steps = state.steps();
    free.put(0, state.array("values", free.capacity()));
    restore();
    copy(state, "average", average.values());
    for (int i = 0; i < optimizer.moments().length; i++) {
      copy(state, "moment" + i, optimizer.moments()[i]);
    }
  }

  private void restore() {
    FloatBuffer values = objective.floats();
    if (projection != Projection.NONE) {
      values.put(0, free, 0, free.capacity());
      project();
    }
  }

  private static void copy(TrainingState state, String name, float[] to) {
    System.arraycopy(state.array(name, to.length), 0, to, 0, to.length);
  }
}
