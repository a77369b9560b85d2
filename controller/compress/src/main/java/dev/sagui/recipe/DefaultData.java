/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.run.DataSpec;

/**
 * What a model is measured on when nobody says: held-out latents, or noise that is said to be weak.
 */
public final class DefaultData {
  private static final DataSpec NOISE = DataSpec.noise(0, 16);

  private DefaultData() {}

  public static DataSpec of(ModelFacts facts) {
    return facts.takesLatents() ? DataSpec.HELD_OUT_LATENTS : NOISE;
  }
}
