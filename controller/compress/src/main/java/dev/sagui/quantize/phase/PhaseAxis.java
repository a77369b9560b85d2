/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.phase;

/**
 * One spatial axis of a layer whose outputs are taken {@code factor} at a time: output {@code
 * factor · q + r} is phase {@code r} of step {@code q}. Every phase sees the same window of inputs,
 * so one convolution with {@code factor} times the channels computes them all.
 *
 * @param kernel elements of the layer's kernel
 * @param factor phases
 * @param stride of the convolution over the inputs
 * @param window inputs that a step sees
 * @param padBegin zeros before the first input
 * @param padEnd zeros behind the last input
 * @param cropBegin outputs to drop at the start
 * @param size outputs to keep; −1 when the length of the input is free
 * @param cropEnd outputs to drop at the end
 * @param taps {@code taps[r][u]}: the indices of the kernel that phase {@code r} sums at {@code u}
 *     of the window
 */
record PhaseAxis(
    int kernel,
    int factor,
    int stride,
    int window,
    int padBegin,
    int padEnd,
    int cropBegin,
    long size,
    int cropEnd,
    int[][][] taps) {
  /** The axis that a layer does not have. */
  static final PhaseAxis SINGLE = new PhaseAxis(1, 1, 1, 1, 0, 0, 0, 1, 0, new int[][][] {{{0}}});

  /** How a layer lies along an axis. A free length is −1. */
  record Span(int kernel, int dilation, int padBegin, int padEnd, long inputs) {
    /** From the first to the last input that a kernel touches. */
    int reach() {
      return dilation * (kernel - 1) + 1;
    }
  }

  /** Whether phase {@code r} uses element {@code j} of the kernel at {@code u} of the window. */
  private interface Tap {
    boolean holds(int r, int u, int j);
  }

  /**
   * ConvTranspose: output {@code o} sums {@code x[i] · w[j]} over {@code s·i + d·j = o + p}. The
   * padding is left to the crop, which keeps the window at {@code ceil(reach / s)}.
   *
   * @param blocks inputs that a step covers; 1 when the length is free
   */
  static PhaseAxis transposed(Span span, int stride, int outputPadding, int blocks) {
    int beyond = Math.max(0, outputPadding - span.padEnd());
    int turns = (span.reach() + beyond + stride - 1) / stride;
    int factor = stride * blocks;
    int window = turns + blocks - 1;
    Tap tap = (r, u, j) -> span.dilation() * j == r - stride * (u - (turns - 1));
    int cropEnd = stride * turns - span.reach() + span.padEnd() - outputPadding;
    if (span.inputs() < 0) {
      return new PhaseAxis(
          span.kernel(),
          factor,
          1,
          window,
          turns - 1,
          turns - 1,
          span.padBegin(),
          -1,
          cropEnd,
          taps(factor, window, span.kernel(), tap));
    }
    long out =
        stride * (span.inputs() - 1)
            + span.reach()
            + outputPadding
            - span.padBegin()
            - span.padEnd();
    return new PhaseAxis(
            span.kernel(),
            factor,
            blocks,
            window,
            turns - 1,
            0,
            span.padBegin(),
            out,
            0,
            taps(factor, window, span.kernel(), tap))
        .over(span.inputs());
  }

  /** A convolution of stride 1, {@code blocks} outputs a step. */
  static PhaseAxis blocked(Span span, int blocks) {
    int window = blocks + span.reach() - 1;
    long out = span.inputs() + span.padBegin() + span.padEnd() - span.reach() + 1;
    return new PhaseAxis(
            span.kernel(),
            blocks,
            blocks,
            window,
            span.padBegin(),
            0,
            0,
            out,
            0,
            taps(blocks, window, span.kernel(), (r, u, j) -> u == r + span.dilation() * j))
        .over(span.inputs());
  }

  /**
   * A convolution of stride 1 over inputs that are each repeated {@code scale} times (Resize,
   * nearest): taps that fall on copies of one input are summed.
   *
   * @param span its inputs are those before the repetition
   */
  static PhaseAxis repeated(Span span, int scale, int blocks) {
    int factor = scale * blocks;
    int first = Math.floorDiv(-span.padBegin(), scale);
    int last = Math.floorDiv(factor - 1 + span.reach() - 1 - span.padBegin(), scale);
    int window = last - first + 1;
    Tap tap =
        (r, u, j) -> u + first == Math.floorDiv(r + span.dilation() * j - span.padBegin(), scale);
    int[][][] taps = taps(factor, window, span.kernel(), tap);
    int grown = span.padBegin() + span.padEnd() - span.reach() + 1;
    if (span.inputs() < 0) {
      // as many steps as inputs: right only where the convolution keeps the length
      int padEnd = window - 1 + first;
      return new PhaseAxis(span.kernel(), factor, 1, window, -first, padEnd, 0, -1, -grown, taps);
    }
    long out = scale * span.inputs() + grown;
    return new PhaseAxis(span.kernel(), factor, blocks, window, -first, 0, 0, out, 0, taps)
        .over(span.inputs());
  }

  /** The same with as many steps as the outputs need. */
  private PhaseAxis over(long inputs) {
    long end = (steps() - 1) * stride + window - padBegin - inputs;
    return new PhaseAxis(
        kernel,
        factor,
        stride,
        window,
        padBegin,
        Math.toIntExact(end),
        cropBegin,
        size,
        cropEnd,
        taps);
  }

  /** Steps of the convolution, where the length is known. */
  long steps() {
    return (cropBegin + size + factor - 1) / factor;
  }

  /** Whether the convolution can be written: ONNX has no negative padding and no empty result. */
  boolean isValid() {
    return padEnd >= 0 && cropEnd >= 0 && (size > 0 || size == -1);
  }

  /** Whether outputs are dropped. */
  boolean crops() {
    return cropBegin > 0 || (size < 0 ? cropEnd > 0 : steps() * factor != size);
  }

  private static int[][][] taps(int factor, int window, int kernel, Tap tap) {
    int[][][] taps = new int[factor][window][];
    for (int r = 0; r < factor; r++) {
      for (int u = 0; u < window; u++) {
        int phase = r;
        int at = u;
        taps[r][u] =
            java.util.stream.IntStream.range(0, kernel)
                .filter(j -> tap.holds(phase, at, j))
                .toArray();
      }
    }
    return taps;
  }
}
