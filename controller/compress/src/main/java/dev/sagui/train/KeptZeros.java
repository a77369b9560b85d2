/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** Weights that are zero stay zero, where so many are that they were made so. */
public final class KeptZeros implements Projection {
  /** A share of zeros that does not come by chance. */
  private static final double TELLING = 0.01;

  private final Projection inner;
  private final Map<String, boolean[]> zeros;

  private KeptZeros(Projection inner, Map<String, boolean[]> zeros) {
    this.inner = inner;
    this.zeros = zeros;
  }

  /**
   * @param inner what else holds for the weights
   * @return {@code inner} where no weight of the net has such zeros
   */
  public static Projection of(OnnxModel net, Projection inner) throws IOException {
    Map<String, boolean[]> zeros = new HashMap<>();
    for (TensorProto tensor : net.graph().getInitializerList()) {
      if (tensor.getDataType() == ElementType.FLOAT.number()
          && tensor.getDimsCount() > 1
          && !inner.roundsToZero(tensor.getName())) {
        float[] values = TensorValues.floats(net, tensor);
        boolean[] zero = new boolean[values.length];
        int count = 0;
        for (int i = 0; i < zero.length; i++) {
          zero[i] = values[i] == 0;
          count += zero[i] ? 1 : 0;
        }
        if (count > 0 && count >= TELLING * zero.length) {
          zeros.put(tensor.getName(), zero);
        }
      }
    }
    return zeros.isEmpty() ? inner : new KeptZeros(inner, zeros);
  }

  @Override
  public void project(Parameter parameter, FloatBuffer free, FloatBuffer onto) {
    inner.project(parameter, free, onto);
    boolean[] zero = zeros.get(parameter.name());
    if (zero != null) {
      for (int i = 0; i < zero.length; i++) {
        if (zero[i]) {
          onto.put(parameter.offset() + i, 0);
        }
      }
    }
  }
}
