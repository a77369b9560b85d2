/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;

/** A way to round one weight. */
interface Levels {
  /**
   * @param scales of each channel of {@code layout}; may be refitted in place to others that their
   *     form holds
   * @return a level for each element, one byte each
   */
  Payload of(ChannelScales scales, ChannelLayout layout, LevelGrid grid) throws IOException;
}
