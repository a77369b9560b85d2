/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;

/** Our recipes, as users write them. */
final class QuantizeRecipes {
  /** Stored weights run as before, but for the noise of timing. */
  private static final double AS_BEFORE = 1.05;

  private static final String STEPS = "\nsteps:";

  private QuantizeRecipes() {}

  /** Why a recipe was not run, in few words where its steps do not exist yet. */
  static String reason(Exception failure) {
    String text = String.valueOf(failure.getMessage());
    boolean missing = text.contains("unknown step") || text.contains("unknown parameter");
    return missing ? "not built yet: " + text : text;
  }

  static QuantizeSubject.Ours staticInt8(QuantizeTargets targets) {
    return new QuantizeSubject.Ours(
        "static int8",
        "[fold, quantize: {weights: int8, activations: int8}, store: {weights: int8}]",
        targets,
        false);
  }

  /**
   * Layers stay float32 until the calibration samples keep so many dB; these lie as binary16, for
   * as int8 they would lose what they were left for.
   */
  static QuantizeSubject.Ours staticInt8(int sqnrDb, QuantizeTargets targets) {
    return new QuantizeSubject.Ours(
        "static int8 of %d dB".formatted(sqnrDb),
        "[fold, quantize: {weights: int8, activations: int8, sqnr: %d}, store: {weights: fp16}]"
            .formatted(sqnrDb),
        targets,
        false);
  }

  /** Weights alone, without a look at samples. */
  static QuantizeSubject.Ours plainDynamicInt8() {
    return new QuantizeSubject.Ours(
        "dynamic int8 of weights alone",
        "[quantize: {weights: int8, activations: dynamic, smoothing: 0}]",
        QuantizeTargets.NONE,
        false);
  }

  static QuantizeSubject.Ours dynamicInt8(QuantizeTargets targets) {
    return new QuantizeSubject.Ours(
        "dynamic int8",
        "[fold, quantize: {weights: int8, activations: dynamic}, store: {weights: int8}]",
        targets,
        false);
  }

  static QuantizeSubject.Ours fourBit(QuantizeTargets targets) {
    return fourBit("block: 32", targets);
  }

  /** The bytes of onnxruntime's own form. */
  static QuantizeSubject.Ours fourBitSymmetric(QuantizeTargets targets) {
    return fourBit("block: 32, symmetric: true", targets);
  }

  private static QuantizeSubject.Ours fourBit(String form, QuantizeTargets targets) {
    return new QuantizeSubject.Ours(
        "4-bit GPTQ",
        "[fold, quantize: {weights: int4, method: gptq, %s}, store: {weights: int8}]"
            .formatted(form),
        targets,
        false);
  }

  /** Held against plain rounding, and against fp32 in each of the timed inputs. */
  static QuantizeSubject.Ours storeInt8(int timed) {
    Double[] same = Collections.nCopies(timed, AS_BEFORE).toArray(Double[]::new);
    return new QuantizeSubject.Ours(
        "int8 storage", "[fold, store: {weights: int8}]", QuantizeTargets.NONE.latency(same), true);
  }

  /** A format for each weight, so that calibration samples keep so many dB. */
  static QuantizeSubject.Ours storeAuto(int sqnrDb, QuantizeTargets targets) {
    return new QuantizeSubject.Ours(
        "mixed storage of %d dB".formatted(sqnrDb),
        "[fold, store: {weights: auto, sqnr: %d}]".formatted(sqnrDb),
        targets,
        false);
  }

  /**
   * Of {@code deploy/recipes}, which name no data.
   *
   * @param name of the file, without its ending
   */
  static QuantizeSubject.Ours shipped(
      Workshop workshop, String label, String name, QuantizeTargets targets) {
    Path file = workshop.root().resolve("deploy/recipes/%s.yaml".formatted(name));
    try {
      String recipe = Files.readString(file);
      String steps = recipe.substring(recipe.indexOf(STEPS) + STEPS.length());
      return new QuantizeSubject.Ours(label, steps, targets, false);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file + " failed: " + e.getMessage(), e);
    }
  }

  static QuantizeSubject.Ours storeInt4(QuantizeTargets targets) {
    return new QuantizeSubject.Ours(
        "4-bit storage", "[fold, store: {weights: int4}]", targets, false);
  }
}
