/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.ImageLayout;
import dev.sagui.train.gradient.Emitter;
import java.util.List;
import java.util.Optional;

/** Pictures [N, C, H, W] or, with one or three channels, [N, H, W, C] as planes. */
record Planes(long images, long channels, int height, int width, boolean channelsLast) {
  /**
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when these are no pictures
   */
  static Planes of(String loss, Pair pair) {
    List<Long> d = pair.shape();
    if (d.size() != 4) {
      throw pair.unsuited(loss, "pictures [N, C, H, W] or [N, H, W, C]");
    }
    Optional<ImageLayout> layout = ImageLayout.of(d);
    return layout
        .map(l -> new Planes(l.images(), l.channels(), l.height(), l.width(), l.channelsLast()))
        .orElseGet(
            () ->
                new Planes(
                    d.get(0),
                    d.get(1),
                    Math.toIntExact(d.get(2)),
                    Math.toIntExact(d.get(3)),
                    false));
  }

  long count() {
    return images * channels;
  }

  /** [N, C, H, W]. */
  String channelsFirst(Emitter emit, String value) {
    return channelsLast ? emit.transpose(value, 0, 3, 1, 2) : value;
  }

  /** [N · C, H, W]. */
  String split(Emitter emit, String value) {
    return emit.reshape(channelsFirst(emit, value), List.of(count(), (long) height, (long) width));
  }
}
