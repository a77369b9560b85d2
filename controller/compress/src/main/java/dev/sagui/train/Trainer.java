/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains one objective step by step. All that it knows beside the parameters' values is its {@link
 * #state}, so that what goes on from a checkpoint goes on as if it had never stopped.
 */
public final class Trainer {
  private final Objective objective;
  private final TrainerOptions options;
  private final Projection projection;
  private final float[] free;
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
    this.free = new float[objective.parameters().size()];
    objective.floats().get(0, free);
    this.steps = options.steps();
    this.optimizer = new Optimizer(options.optimizer(), objective.parameters());
    this.average = new MovingAverage(options.average(), free);
    this.growth = new Growth(objective.parameters().trained(), free);
    this.sum = new float[options.accumulate() > 1 ? objective.parameters().trainedSize() : 0];
    project(0);
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
    float[] gradient = objective.gradient();
    gather(gradient);
    clip(gradient, requireFinite(terms, gradient));
    double factor = options.schedule().factor(done, steps);
    optimizer.move(free, gradient, options.optimizer().rate() * factor, done);
    project(done + 1);
    average.add(free, done);
    done++;
    return terms;
  }

  /** State is renewed where steps compute; the trained values come from the free ones. */
  private void project(long after) {
    FloatBuffer from = FloatBuffer.wrap(free);
    FloatBuffer onto = objective.floats();
    Projection now = projection.at(after, steps);
    objective.parameters().trained().forEach(p -> now.project(p, from, onto));
    int first = objective.parameters().trainedSize();
    onto.get(first, free, first, free.length - first);
  }

  private void accumulate() {
    float[] gradient = objective.gradient();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += gradient[i];
    }
  }

  private void gather(float[] gradient) {
    for (int i = 0; i < sum.length; i++) {
      gradient[i] = sum[i] / options.accumulate();
    }
  }

  /** Returns the sum of the gradient's squares. */
  private double requireFinite(Map<String, Double> terms, float[] gradient) {
    for (Map.Entry<String, Double> term : terms.entrySet()) {
      if (!Double.isFinite(term.getValue())) {
        throw diverged(
            "its term '%s' is %s, and the largest weights are those of '%s'"
                .formatted(term.getKey(), term.getValue(), growth.largest(free)));
      }
    }
    double all = 0;
    for (Parameter parameter : objective.parameters().trained()) {
      double power = parameter.power(gradient);
      if (!Double.isFinite(power)) {
        throw diverged("the gradient of '%s' is not finite".formatted(parameter.name()));
      }
      all += power;
    }
    return all;
  }

  private RejectedException diverged(String what) {
    return new RejectedException(
        FailureCode.DIVERGED,
        "training diverged at step %d: %s; lower the rate (%s now) or the gradient's norm (clip)"
            .formatted(done, what, options.optimizer().rate()));
  }

  private void clip(float[] gradient, double power) {
    double norm = Math.sqrt(power);
    if (options.clip() > 0 && norm > options.clip()) {
      float factor = (float) (options.clip() / norm);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= factor;
      }
    }
  }

  /** The values to keep, projected: the moving average where there is one, else the last. */
  public ByteBuffer result() {
    ByteBuffer result = objective.parameters().allocate();
    FloatBuffer kept = FloatBuffer.wrap(options.average() > 0 ? average.values() : free);
    FloatBuffer onto = result.asFloatBuffer();
    objective.parameters().all().forEach(p -> projection.project(p, kept, onto));
    return result;
  }

  /** A part of the state: numbers of some parameters, laid out as all parameters are. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Part(String name, float[] numbers, List<Parameter> parameters) {
    String of(Parameter parameter) {
      return "%s.%s".formatted(name, parameter.name());
    }
  }

  private List<Part> parts() {
    Parameters parameters = objective.parameters();
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("values", free, parameters.all()));
    parts.add(new Part("average", average.values(), parameters.all()));
    for (int i = 0; i < optimizer.moments().length; i++) {
      parts.add(new Part("moment" + i, optimizer.moments()[i], parameters.trained()));
    }
    return parts;
  }

  /** What a checkpoint keeps; a copy. */
  public TrainingState state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Part part : parts()) {
      for (Parameter parameter : part.parameters()) {
        ByteBuffer copy =
            ByteBuffer.allocate(parameter.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copy.asFloatBuffer().put(part.numbers(), parameter.offset(), parameter.size());
        String name = part.of(parameter);
        tensors.put(name, new Tensor(name, DataType.FP32, parameter.shape(), copy));
      }
    }
    return new TrainingState(done, steps, tensors);
  }

  /**
   * Goes on from where {@link #state} was taken.
   *
   * @throws RejectedException BAD_REQUEST when it is of other parameters or another optimizer
   */
  public void resume(TrainingState state) {
    Set<String> read = new HashSet<>();
    for (Part part : parts()) {
      for (Parameter parameter : part.parameters()) {
        String name = part.of(parameter);
        float[] numbers = state.floats(name, parameter.shape());
        System.arraycopy(numbers, 0, part.numbers(), parameter.offset(), numbers.length);
        read.add(name);
      }
    }
    state.requireOnly(read);
    done = state.done();
    steps = state.steps();
    objective.floats().put(0, free);
    project(done);
  }
}
