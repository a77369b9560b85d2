/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Two models on rows that differ from call to call. */
final class ExpertsRace implements AutoCloseable {
  private static final int WARM_ROUNDS = 8;
  private static final int WARM_CALLS = 20;

  /** Calls that bring weights back into the caches. */
  private static final int UNTIMED = 4;

  private static final int TURNS = 80;
  private static final int EVICTING_BYTES = 64 << 20;

  private final SplittableRandom random = new SplittableRandom(4);
  private final byte[] other = new byte[EVICTING_BYTES];
  private final ExpertsModel inputs;
  private final OrtModel dense;
  private final OrtModel split;

  ExpertsRace(ExpertsModel inputs, Path dense, Path split) {
    this.inputs = inputs;
    this.dense = OrtModel.open(dense, 1);
    this.split = OrtModel.open(split, 1);
  }

  /** Time of the second model to the first's, each many times in a row. */
  double warm() {
    List<Long> all = new ArrayList<>();
    List<Long> part = new ArrayList<>();
    for (int round = 0; round < WARM_ROUNDS; round++) {
      for (int call = 0; call < 2 * WARM_CALLS; call++) {
        boolean first = call < WARM_CALLS;
        long nanos = (first ? dense : split).time(List.of(inputs.input(random, 1)));
        if (call % WARM_CALLS >= UNTIMED) {
          (first ? all : part).add(nanos);
        }
      }
    }
    return p10(part) / p10(all);
  }

  /** The same in turns, the caches filled with something else before each call. */
  double evicted() {
    List<Long> all = new ArrayList<>();
    List<Long> part = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      List<Tensor> row = List.of(inputs.input(random, 1));
      evict();
      all.add(dense.time(row));
      evict();
      part.add(split.time(row));
    }
    return p10(part) / p10(all);
  }

  private void evict() {
    for (int i = 0; i < other.length; i += 64) {
      other[i]++;
    }
  }

  /** The same in turns, with many rows in a call. */
  double rows(int count) {
    List<Long> all = new ArrayList<>();
    List<Long> part = new ArrayList<>();
    for (int turn = 0; turn < TURNS / 2; turn++) {
      List<Tensor> rows = List.of(inputs.input(random, count));
      all.add(dense.time(rows));
      part.add(split.time(rows));
    }
    return p10(part) / p10(all);
  }

  /** Of the second model's outputs against the first's. */
  double sqnrDb() {
    double signal = 0;
    double noise = 0;
    for (List<Tensor> row : inputs.inputs(6, 64)) {
      float[] a = dense.run(row).get(0).floats();
      float[] b = split.run(row).get(0).floats();
      for (int i = 0; i < a.length; i++) {
        signal += (double) a[i] * a[i];
        noise += (double) (a[i] - b[i]) * (a[i] - b[i]);
      }
    }
    return 10 * Math.log10(signal / noise);
  }

  private static double p10(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 10];
  }

  @Override
  public void close() {
    dense.close();
    split.close();
  }
}
