/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import java.util.List;
import java.util.Optional;

/**
 * Where an input has channels, height and width.
 *
 * @param channels position in one sample's shape, -1 for none
 */
record PictureLayout(int channels, int height, int width) {
  /** Orders of dimensions that a user can name. */
  public enum Order {
    NCHW,
    NHWC
  }

  private static final PictureLayout GREY = new PictureLayout(-1, 0, 1);
  private static final PictureLayout CHW = new PictureLayout(0, 1, 2);
  private static final PictureLayout HWC = new PictureLayout(2, 0, 1);

  /** Of an input, by what the user named or by where 1 or 3 stands. */
  static PictureLayout of(InputSlot slot, Optional<Order> order) {
    if (slot.rank() == 2) {
      return GREY;
    }
    if (slot.rank() != 3) {
      throw BadData.of("%s cannot take pictures: expected [C, H, W] or [H, W, C]".formatted(slot));
    }
    List<Long> shape = slot.shape();
    PictureLayout layout =
        order
            .map(o -> o == Order.NCHW ? CHW : HWC)
            .orElseGet(() -> isColour(shape.get(0)) || !isColour(shape.get(2)) ? CHW : HWC);
    long channels = shape.get(layout.channels());
    if (channels < 0 && order.isEmpty()) {
      throw BadData.of(
          "%s does not fix its channels; say :nchw or :nhwc after the folder".formatted(slot));
    }
    if (channels >= 0 && !isColour(channels)) {
      throw BadData.of("%s has %d channels, pictures have 1 or 3".formatted(slot, channels));
    }
    return layout;
  }

  static boolean isColour(long channels) {
    return channels == 1 || channels == 3;
  }
}
