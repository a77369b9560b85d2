/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.keys.Keys;
import dev.sagui.run.DataSpec;
import dev.sagui.run.source.BadData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a training from random weights needs to know beside the net.
 *
 * @param data to learn from
 * @param heldOut to be judged by; where it is empty the last tenth of {@code data}, which is then
 *     not learned from
 * @param augment of pictures
 * @param batch samples of a step, over all shards
 * @param threads that share a batch at most; as many as divide it are used, and their number is
 *     part of the result
 */
public record Setting(
    DataSpec data, Optional<DataSpec> heldOut, Augment augment, int batch, int threads, long seed) {
  /** All keys that {@link #parse} reads. */
  public static final List<String> NAMES = List.of("data", "held-out", "augment");

  /**
   * Reads {@link #NAMES} and leaves other keys to the caller.
   *
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, saying what is expected
   */
  public static Setting parse(Keys keys, int batch, int threads, long seed) {
    return new Setting(
        DataSpec.parse(
            keys.text("data")
                .orElseThrow(
                    () -> BadData.of("say what the net is to learn from: data: idx:FILE"))),
        keys.text("held-out").map(DataSpec::parse),
        keys.find("augment").map(Augment::parse).orElse(Augment.NONE),
        batch,
        threads,
        seed);
  }

  /** The keys of {@link #NAMES}, as recipes have them. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("data", data.toString());
    heldOut.ifPresent(spec -> map.put("held-out", spec.toString()));
    map.put("augment", augment.json());
    return map;
  }

  /** Parts of a batch, each on a thread. */
  int shards() {
    int shards = Math.min(threads, batch);
    while (batch % shards != 0) {
      shards--;
    }
    return shards;
  }

  /** Samples of one shard. */
  int share() {
    return batch / shards();
  }
}
