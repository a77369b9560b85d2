/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/**
 * Moves the trained parameters against their gradient; owned by one thread. Its loops go over
 * arrays, of which HotSpot makes vector instructions; over buffers they took longer than the
 * gradient.
 */
final class Optimizer {
  private final OptimizerOptions options;
  private final Parameters parameters;
  private final float[][] moments;

  Optimizer(OptimizerOptions options, Parameters parameters) {
    this.options = options;
    this.parameters = parameters;
    this.moments = new float[options.rule().moments()][parameters.trainedSize()];
  }

  /** What it remembers, which a checkpoint keeps. */
  float[][] moments() {
    return moments;
  }

  /**
   * @param gradient read only
   * @param rate of learning at this step
   * @param step from 0
   */
  void move(float[] values, float[] gradient, double rate, long step) {
    for (Parameter parameter : parameters.trained()) {
      double decay = parameter.shape().size() > 1 ? options.decay() : 0;
      int from = parameter.offset();
      int to = from + parameter.size();
      switch (options.rule()) {
        case SGD -> sgd(values, gradient, from, to, (float) rate, (float) decay);
        case ADAM -> adam(values, gradient, from, to, rate, step, (float) decay, 1);
        case ADAMW -> adam(values, gradient, from, to, rate, step, 0, 1 - (float) (rate * decay));
        case LION -> lion(values, gradient, from, to, (float) rate, (float) decay);
        default -> throw new IllegalStateException(options.rule() + " is unknown; this is a bug");
      }
    }
  }

  private void sgd(float[] w, float[] g, int from, int to, float rate, float decay) {
    float[] momentum = moments[0];
    float kept = (float) options.beta1();
    for (int i = from; i < to; i++) {
      float value = w[i];
      momentum[i] = kept * momentum[i] + g[i] + decay * value;
      w[i] = value - rate * momentum[i];
    }
  }

  private void adam(
      float[] w, float[] g, int from, int to, double rate, long step, float added, float kept) {
    float[] first = moments[0];
    float[] second = moments[1];
    float b1 = (float) options.beta1();
    float b2 = (float) options.beta2();
    float epsilon = (float) options.epsilon();
    float scale = (float) (rate / (1 - Math.pow(options.beta1(), step + 1.0)));
    float root = (float) (1 / Math.sqrt(1 - Math.pow(options.beta2(), step + 1.0)));
    for (int i = from; i < to; i++) {
      float value = w[i];
      float slope = g[i] + added * value;
      float m = b1 * first[i] + (1 - b1) * slope;
      float v = b2 * second[i] + (1 - b2) * slope * slope;
      first[i] = m;
      second[i] = v;
      w[i] = kept * value - scale * m / ((float) Math.sqrt(v) * root + epsilon);
    }
  }

  private void lion(float[] w, float[] g, int from, int to, float rate, float decay) {
    float[] momentum = moments[0];
    float b1 = (float) options.beta1();
    float b2 = (float) options.beta2();
    for (int i = from; i < to; i++) {
      float value = w[i];
      float slope = g[i];
      float towards = b1 * momentum[i] + (1 - b1) * slope;
      momentum[i] = b2 * momentum[i] + (1 - b2) * slope;
      w[i] = value - rate * (Math.signum(towards) + decay * value);
    }
  }
}
