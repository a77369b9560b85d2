/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.quality.NominalRange;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.SampleBatches;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import java.util.List;
import java.util.Map;

/**
 * A net gives wanted outputs, a super-resolution net large pictures of small ones for example;
 * judged by PSNR on held-out samples.
 *
 * @param samples to learn on, with {@link #TARGET} among the inputs
 * @param heldOut likewise
 * @param output of the net that is wanted to be the target
 * @param peak span of its range
 */
record TargetTask(Samples samples, Samples heldOut, LossTerms loss, String output, double peak)
    implements Task {
  /** The input that holds each sample's wanted output. */
  static final String TARGET = "target";

  /** As reports have it. */
  static final String METRIC = "psnr_db";

  static Samples read(OnnxModel model, DataSpec data, DataSpec targets) {
    ValueFacts output = model.facts().outputs().get(0);
    ValueFacts target = new ValueFacts(TARGET, output.type(), output.shape(), output.symbols());
    return Labelled.of(model, data, target, targets);
  }

  static TargetTask of(OnnxModel model, Samples samples, Samples heldOut, LossTerms loss) {
    float[] first = Labelled.get(samples.first(1), TARGET).floats();
    String output = model.graph().getOutput(0).getName();
    double peak = NominalRange.of(model, first).peak();
    return new TargetTask(samples, heldOut, loss, output, peak);
  }

  @Override
  public long count() {
    return samples.count();
  }

  @Override
  public List<Feed> inputs(int rows) {
    return Labelled.feeds(samples, rows, TARGET);
  }

  @Override
  public Criterion criterion() {
    return made -> {
      List<Long> shape = made.shape(output);
      Feed target = made.input(TARGET, DataType.FP32, shape);
      Map<String, String> terms =
          loss.add(made.emit(), new Pair(output, target.name(), shape, peak));
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
      double[] sums = {0, 0};
      try (OrtModel session = OrtModel.open(net, 1, false)) {
        heldOut.forEachBatch(
            batch -> {
              float[] wanted = Labelled.get(batch, TARGET).floats();
              float[] given = session.run(Labelled.without(batch, TARGET)).get(0).floats();
              for (int i = 0; i < wanted.length; i++) {
                sums[0] += (double) (wanted[i] - given[i]) * (wanted[i] - given[i]);
              }
              sums[1] += wanted.length;
            });
      }
      double power = Math.max(sums[0] / sums[1], 1e-20);
      return new Score(METRIC, 10 * Math.log10(peak * peak / power), true);
    };
  }
}
