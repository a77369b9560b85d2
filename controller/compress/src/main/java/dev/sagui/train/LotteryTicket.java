/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * The part of a net that is worth training (Frankle and Carbin 2019; Frankle et al. 2020 for the
 * rewinding): of each matrix and kernel the weights that end large, with the values that they had
 * early.
 */
public final class LotteryTicket {
  private LotteryTicket() {}

  /**
   * @param early the net after some steps
   * @param late the same net after more
   * @param share of each matrix and kernel that is zero
   */
  public static OnnxModel of(OnnxModel early, OnnxModel late, double share) throws IOException {
    Parameters parameters = Parameters.of(Trainables.of(early, name -> true), Map.of());
    GradualZeros zeros = GradualZeros.of(share);
    ByteBuffer values = parameters.read(early);
    FloatBuffer begun = values.asFloatBuffer();
    FloatBuffer ended = parameters.read(late).asFloatBuffer();
    FloatBuffer kept = parameters.allocate().asFloatBuffer();
    for (Parameter parameter : parameters.all()) {
      zeros.project(parameter, ended, kept);
      int end = parameter.offset() + parameter.size();
      for (int i = parameter.offset(); i < end; i++) {
        if (kept.get(i) == 0 && ended.get(i) != 0) {
          begun.put(i, 0);
        }
      }
    }
    return parameters.write(early, values);
  }
}
