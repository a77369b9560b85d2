/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.EpochOrder;
import dev.sagui.train.net.Seed;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Windows of a text to learn on: side by side, from another token on in each epoch, in an order
 * that follows from the seed. The first input gets their tokens [rows, length], the last one the
 * tokens that follow them; others stay as they are.
 */
public final class TextWindows implements Batches {
  /** Each use of randomness has a number of its own. */
  private static final long ORDER = 1;

  private static final long PHASE = 2;

  private final TokenText text;
  private final int length;
  private final int batch;
  private final long seed;
  private final int count;
  private final EpochOrder order;

  /**
   * @param length tokens of a window
   * @param batch windows of a step, over all shards
   */
  public TextWindows(TokenText text, int length, int batch, long seed) {
    this.text = text;
    this.length = length;
    this.batch = batch;
    this.seed = seed;
    this.count = text.windows(length);
    this.order = new EpochOrder(count, seed + ORDER);
  }

  @Override
  public void fill(long step, int shard, List<Tensor> into) {
    LongConsumer ids = TokenText.appending(into.get(0));
    LongConsumer next = TokenText.appending(into.get(into.size() - 1));
    long rows = into.get(0).shape().get(0);
    long first = step * batch + shard * rows;
    for (long place = first; place < first + rows; place++) {
      int phase = Seed.random(seed, PHASE, place / count).nextInt(length);
      text.put(order.at(place) * length + phase, length, ids, next);
    }
  }
}
