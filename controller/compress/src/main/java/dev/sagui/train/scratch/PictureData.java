/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.run.source.BadData;

/** Pictures to learn from, and others to be judged by, of one size. */
record PictureData(PictureSet training, PictureSet heldOut) {
  /** That size and its quarters stay whole. */
  private static final int SIDE_MULTIPLE = 4;

  private static final int HELD_OUT_SHARE = 10;

  static PictureData of(Setting setting, long channels) {
    PictureSet all = PictureSet.of(setting.data(), channels);
    if (all.height() % SIDE_MULTIPLE != 0 || all.width() % SIDE_MULTIPLE != 0) {
      throw BadData.of(
          "expected pictures whose sides are multiples of %d, found %d × %d in %s"
              .formatted(SIDE_MULTIPLE, all.height(), all.width(), setting.data()));
    }
    PictureData data = setting.heldOut().isPresent() ? both(setting, all) : split(all);
    if (data.training.count() < setting.batch() || data.heldOut.count() < setting.shards()) {
      throw BadData.of(
          "%s holds too few pictures for a batch of %d: %d, and %d to be judged by"
              .formatted(
                  setting.data(), setting.batch(), data.training.count(), data.heldOut.count()));
    }
    return data;
  }

  private static PictureData both(Setting setting, PictureSet training) {
    PictureSet heldOut = PictureSet.of(setting.heldOut().orElseThrow(), training.channels());
    if (!training.isLike(heldOut)) {
      throw BadData.of(
          "expected held-out pictures of %d × %d as in %s, found %d × %d"
              .formatted(
                  training.height(),
                  training.width(),
                  setting.data(),
                  heldOut.height(),
                  heldOut.width()));
    }
    return new PictureData(training, heldOut);
  }

  private static PictureData split(PictureSet all) {
    int learned = all.count() - all.count() / HELD_OUT_SHARE;
    return new PictureData(all.part(0, learned), all.part(learned, all.count()));
  }
}
