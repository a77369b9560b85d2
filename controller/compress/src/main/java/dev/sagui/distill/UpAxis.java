/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

/**
 * A spatial axis of a transposed convolution, where output {@code o} sums {@code x[i] · w[j]} over
 * {@code s · i + j = o + p}.
 *
 * @param stride s
 * @param padBegin p
 * @param more output padding
 */
record UpAxis(int kernel, int stride, int padBegin, int padEnd, int more) {
  /** Whether the output is {@code stride} times as long as the input, whatever that is. */
  boolean isWhole() {
    return stride > 1 && kernel - padBegin - padEnd + more == stride;
  }

  /** Inputs before the one at an output's step that its phases see. */
  int before() {
    return Math.floorDiv(kernel - 1 - padBegin, stride);
  }

  /** Inputs behind it. */
  int behind() {
    return Math.floorDiv(stride - 1 + padBegin, stride);
  }

  /** Inputs that all phases of a step see together. */
  int window() {
    return before() + behind() + 1;
  }

  /** The element of the kernel that a phase has at a place of the window; −1 for none. */
  int tap(int phase, int at) {
    int tap = stride * (before() - at) + phase + padBegin;
    return tap >= 0 && tap < kernel ? tap : -1;
  }

  /** Kernel of a convolution behind a nearest Resize that reaches as far: box(s) ∗ it = k. */
  int resizedKernel() {
    return kernel - stride + 1;
  }

  int resizedPadBegin() {
    return resizedKernel() - 1 - padBegin;
  }

  int resizedPadEnd() {
    return resizedKernel() - 1 - padEnd + more;
  }

  /** Whether a Resize and a convolution can stand in: ONNX Runtime pads by nothing negative. */
  boolean canBeResized() {
    return resizedKernel() > 1 && resizedPadBegin() >= 0 && resizedPadEnd() >= 0;
  }
}
