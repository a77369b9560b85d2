/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.model;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.weights;

import dev.sagui.keys.Keys;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.NetTraining;
import dev.sagui.train.Projection;
import dev.sagui.train.Score;
import dev.sagui.train.Scorer;
import dev.sagui.train.plan.TrainingKeys;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A net of two layers that learns the sine of its inputs. */
final class SmallTraining {
  private static final long ROWS = 16;
  private static final long WIDTH = 4;
  private static final long HIDDEN = 32;

  private SmallTraining() {}

  static TrainingKeys keys(String yaml) {
    return TrainingKeys.parse(Keys.parse(yaml, "the recipe"), TrainingKeys.USUAL);
  }

  static RunPlan plan(TrainingKeys keys) {
    return new RunPlan(
        steps -> new LinkedHashMap<>(keys.withSteps(steps).json()),
        keys,
        7,
        1,
        Map.of("recipe", "00"),
        SampleSheet.NONE);
  }

  static NetTraining of(Path folder, TrainingKeys keys) throws IOException {
    OnnxModel net =
        OnnxModel.open(
            TestModels.write(
                model(
                    graph(List.of("x"), List.of(new long[] {ROWS, WIDTH}))
                        .addInitializer(weights("w1", 1, WIDTH, HIDDEN))
                        .addInitializer(weights("w2", 2, HIDDEN, WIDTH))
                        .addNode(node("MatMul", "a", "x", "w1"))
                        .addNode(node("Tanh", "h", "a"))
                        .addNode(node("MatMul", "y", "h", "w2"))),
                folder.resolve("net.onnx")));
    Criterion squares =
        made -> {
          Feed target = made.input("target", DataType.FP32, List.of(ROWS, WIDTH));
          String gap = made.emit().subtract("y", target.name());
          String sum = made.emit().sum(made.emit().multiply(gap, gap), false, 0, 1);
          String total = made.emit().multiply(sum, 1.0 / (ROWS * WIDTH));
          return new Criterion.Terms(total, Map.of("l2", total));
        };
    return NetTraining.of(
        new NetTraining.Plan(
            net,
            name -> true,
            List.of(new Feed("x", DataType.FP32, List.of(ROWS, WIDTH))),
            squares,
            batches(),
            Projection.NONE,
            1),
        scorer(),
        keys.trainer());
  }

  private static Batches batches() {
    return (step, shard, into) -> fill(new SplittableRandom(step), into);
  }

  private static void fill(SplittableRandom random, List<Tensor> into) {
    FloatBuffer x = into.get(0).data().asFloatBuffer();
    FloatBuffer target = into.get(1).data().asFloatBuffer();
    while (x.hasRemaining()) {
      float value = (float) random.nextDouble(-1, 1);
      x.put(value);
      target.put(sine(value));
    }
  }

  private static float sine(float value) {
    return (float) Math.sin(3 * value);
  }

  private static Scorer scorer() {
    float[] held = new float[(int) (ROWS * WIDTH)];
    SplittableRandom random = new SplittableRandom(-1);
    for (int i = 0; i < held.length; i++) {
      held[i] = (float) random.nextDouble(-1, 1);
    }
    Tensor input = Tensor.of("x", held, ROWS, WIDTH);
    return net -> {
      try (OrtModel session = OrtModel.open(net, 1, false)) {
        float[] found = session.run(List.of(input)).get(0).floats();
        double error = 0;
        for (int i = 0; i < found.length; i++) {
          error += Math.pow(found[i] - sine(held[i]), 2);
        }
        return new Score("mse", error / found.length, false);
      }
    };
  }
}
