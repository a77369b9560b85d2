/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.SampleBatches;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;

/**
 * A classifier tells classes apart; judged by the share of held-out samples that it gets right.
 *
 * @param samples to learn on, with {@link #LABEL} among the inputs
 * @param heldOut likewise
 * @param output of the net: scores or probabilities, [batch, classes]
 */
record LabelTask(Samples samples, Samples heldOut, LossTerms loss, String output) implements Task {
  /** The input that holds each sample's class. */
  static final String LABEL = "label";

  /** As reports have it. */
  static final String METRIC = "accuracy";

  static Samples read(OnnxModel model, DataSpec data, DataSpec labels) {
    long batch = Labelled.batch(model);
    ValueFacts target = new ValueFacts(LABEL, ElementType.INT64, List.of(batch), List.of(""));
    return Labelled.of(model, data, target, labels);
  }

  @Override
  public long count() {
    return samples.count();
  }

  @Override
  public List<Feed> inputs(int rows) {
    return Labelled.feeds(samples, rows, LABEL);
  }

  @Override
  public Criterion criterion() {
    return made -> {
      List<Long> shape = made.shape(output);
      Feed label = made.input(LABEL, DataType.INT64, List.of(shape.get(0)));
      Pair pair = new Pair(output, label.name(), shape, 1);
      Map<String, String> terms = loss.add(made.emit(), pair);
      return new Criterion.Terms(loss.total(made.emit(), terms), terms);
    };
  }

  @Override
  public Batches batches(int rows, int shards, long seed) {
    return SampleBatches.of(samples, rows, shards, seed);
  }

  @Override
  public Scorer scorer() {
    return net -> {
      long[] counts = {0, 0};
      try (OrtModel session = OrtModel.open(net, 1, false)) {
        heldOut.forEachBatch(
            batch -> {
              LongBuffer labels = Labelled.get(batch, LABEL).data().asLongBuffer();
              Tensor scores = session.run(Labelled.without(batch, LABEL)).get(0);
              counts[0] += right(scores.floats(), labels);
              counts[1] += labels.capacity();
            });
      }
      return new Score(METRIC, (double) counts[0] / counts[1], true);
    };
  }

  private static long right(float[] scores, LongBuffer labels) {
    int classes = scores.length / labels.capacity();
    long right = 0;
    for (int i = 0; i < labels.capacity(); i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = scores[i * classes + c] > scores[i * classes + best] ? c : best;
      }
      right += best == labels.get(i) ? 1 : 0;
    }
    return right;
  }
}
