/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Cast of a binary16 tensor.
 *
 * @param value that the node gives
 * @param steps the tensor
 */
record HalfWeight(String value, StoredSteps steps) implements FreedWeight {
  @Override
  public Map<String, UnaryOperator<float[]>> projections() {
    return Map.of(value, steps::held);
  }

  @Override
  public Map<String, ByteString> stored(Trained trained) throws java.io.IOException {
    return Map.of(steps.name(), steps.bytes(trained.of(value)));
  }
}
