/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;

/** Tells how good a net is on samples that no step sees. */
@FunctionalInterface
public interface Scorer {
  Score of(OnnxModel net) throws IOException;
}
