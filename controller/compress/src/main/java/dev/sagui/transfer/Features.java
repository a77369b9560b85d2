/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What frozen layers make of samples, each run once, and the samples' classes.
 *
 * @param rows [samples][features]
 * @param labels one a sample
 */
record Features(List<float[]> rows, List<Integer> labels) {
  private static final long MOST_BYTES = 1_000_000_000;

  Features {
    rows = List.copyOf(rows);
    labels = List.copyOf(labels);
  }

  /**
   * @param body whose first output is the features
   * @param samples with {@link LabelTask#LABEL} among their inputs
   * @throws RejectedException BAD_REQUEST for more than fit into 1 GB
   */
  static Features of(OnnxModel body, Samples samples, int threads) throws IOException {
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    try (OrtModel session = OrtModel.open(body, threads, false)) {
      samples.forEachBatch(
          batch -> {
            List<Tensor> inputs = new ArrayList<>();
            for (Tensor each : batch) {
              if (each.name().equals(LabelTask.LABEL)) {
                java.nio.LongBuffer ids = each.data().asLongBuffer();
                while (ids.hasRemaining()) {
                  labels.add(Math.toIntExact(ids.get()));
                }
              } else {
                inputs.add(each);
              }
            }
            split(session.run(inputs).get(0), labels.size() - rows.size(), rows);
          });
    }
    return new Features(rows, labels);
  }

  private static void split(Tensor features, int count, List<float[]> rows) {
    float[] all = features.floats();
    int width = all.length / count;
    if ((long) (rows.size() + count) * width * Float.BYTES > MOST_BYTES) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "features of the samples take more than 1 GB; give fewer samples (:N behind the file)");
    }
    for (int i = 0; i < count; i++) {
      rows.add(java.util.Arrays.copyOfRange(all, i * width, (i + 1) * width));
    }
  }

  int width() {
    return rows.get(0).length;
  }

  /** Share of the samples whose class has the highest score. */
  double accuracy(LinearMap map) {
    int right = 0;
    for (int i = 0; i < rows.size(); i++) {
      right += LinearMap.best(map.scores(rows.get(i))) == labels.get(i) ? 1 : 0;
    }
    return (double) right / rows.size();
  }
}
