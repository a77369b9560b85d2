/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RunCostIT {
  @Test
  void flopsOfTheDecoderAreThoseOfItsLayers() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER);
    Samples one = Samples.of(model.facts(), DataSpec.parse("latent:normal:1:1"));
    long gemm = 2L * 32 * 3136;
    long conv = 2L * 64 * 64 * 9 * 7 * 7;
    long up = 2L * 64 * 48 * 16 * 7 * 7 + 2L * 48 * 24 * 16 * 14 * 14;
    long last = 2L * 24 * 9 * 28 * 28;
    long flops = RunCost.measure(model.file(), one.first(1)).flops();
    assertEquals(gemm + conv + up + last, flops, 0.01 * flops);
  }
}
