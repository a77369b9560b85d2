/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
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
import dev.sagui.train.gradient.Emitter;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A language model foretells each next token of a text; judged by nats a token of held-out text.
 *
 * @param samples to learn on
 * @param heldOut likewise
 * @param ids input of the net, int64 [batch, tokens]
 * @param output of the net: scores [batch, tokens, vocabulary]
 */
record TokenTask(Samples samples, Samples heldOut, LossTerms loss, String ids, String output)
    implements Task {
  /** As reports have it. */
  static final String METRIC = "nats_per_token";

  /**
   * @throws RejectedException BAD_REQUEST for a model that is none
   */
  static TokenTask of(OnnxModel model, Samples samples, Samples heldOut, LossTerms loss) {
    ValueFacts output = model.facts().outputs().get(0);
    Optional<ValueFacts> ids =
        model.facts().inputs().stream()
            .filter(each -> each.type() == ElementType.INT64 || each.type() == ElementType.INT32)
            .filter(each -> each.shape().size() == 2)
            .findFirst();
    if (ids.isEmpty() || output.shape().size() != 3) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected 'labels', 'targets' or 'encoder' beside 'data': %s is no language model that could learn its next token"
              .formatted(model.file()));
    }
    return new TokenTask(samples, heldOut, loss, ids.get().name(), output.name());
  }

  @Override
  public long count() {
    return samples.count();
  }

  @Override
  public List<Feed> inputs(int rows) {
    return Labelled.feeds(samples, rows, "");
  }

  @Override
  public Criterion criterion() {
    return made -> {
      List<Long> shape = made.shape(output);
      Emitter emit = made.emit();
      String next = emit.slice(ids, 1, 1, shape.get(1), 1);
      String known = emit.slice(output, 1, 0, shape.get(1) - 1, 1);
      List<Long> shorter = List.of(shape.get(0), shape.get(1) - 1, shape.get(2));
      Map<String, String> terms = loss.add(emit, new Pair(known, next, shorter, 1));
      return new Criterion.Terms(loss.total(emit, terms), terms);
    };
  }

  @Override
  public Batches batches(int rows, int shards, long seed) {
    return SampleBatches.of(samples, rows, shards, seed);
  }

  @Override
  public Scorer scorer() {
    return net -> {
      double[] sums = {0, 0};
      try (OrtModel session = OrtModel.open(net, 1, false)) {
        heldOut.forEachBatch(
            batch -> {
              Tensor tokens = Labelled.get(batch, ids);
              add(tokens, session.run(batch).get(0), sums);
            });
      }
      return new Score(METRIC, sums[0] / sums[1], false);
    };
  }

  private static void add(Tensor tokens, Tensor output, double[] sums) {
    float[] scores = output.floats();
    int vocabulary = Math.toIntExact(output.shape().get(2));
    int length = Math.toIntExact(tokens.shape().get(1));
    int count = scores.length / vocabulary;
    for (int i = 0; i < count; i++) {
      if (i % length < length - 1) {
        long next =
            tokens.type() == DataType.INT64
                ? tokens.data().asLongBuffer().get(i + 1)
                : tokens.data().asIntBuffer().get(i + 1);
        sums[0] -= logProbability(scores, i * vocabulary, vocabulary, (int) next);
        sums[1]++;
      }
    }
  }

  private static double logProbability(float[] scores, int from, int count, int which) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, scores[i]);
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.exp(scores[i] - most);
    }
    return scores[from + which] - most - Math.log(sum);
  }
}
