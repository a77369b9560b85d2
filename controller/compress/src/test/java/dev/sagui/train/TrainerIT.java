/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.PinnedSession;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.gradient.Emitter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A decoder whose weights were disturbed learns its own outputs again. */
class TrainerIT {
  private static final int ROWS = 8;

  private OnnxModel teacher;
  private Parameters parameters;
  private StepGraph graph;

  @BeforeEach
  void build() throws Exception {
    teacher = OnnxModel.open(Path.of("../../deploy/demo/models/fashion-vae-decoder.onnx"));
    parameters = Parameters.of(Trainables.of(teacher, name -> true), Map.of());
    Feed z = new Feed("z", DataType.FP32, List.of((long) ROWS, 32L));
    GraphInMaking made = GraphInMaking.of(teacher, List.of(z), parameters);
    Feed target = made.input("target", DataType.FP32, made.shape("image"));
    Emitter emit = made.emit();
    String gap = emit.node("Abs", emit.subtract("image", target.name()));
    long count = target.shape().stream().reduce(1L, (a, b) -> a * b);
    String total = emit.multiply(emit.sum(gap, false, 0, 1, 2, 3), 1.0 / count);
    graph = made.minimise(total, Map.of("l1", total), Map.of());
  }

  private ByteBuffer disturbed() throws Exception {
    ByteBuffer values = parameters.read(teacher);
    FloatBuffer floats = values.order(ByteOrder.nativeOrder()).asFloatBuffer();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < floats.capacity(); i++) {
      floats.put(i, floats.get(i) * (float) (0.4 + 1.2 * random.nextDouble()));
    }
    return values;
  }

  /** Latents by step and shard, and the teacher's images of them. */
  private Batches batches() {
    return (step, shard, into) -> {
      SplittableRandom random = new SplittableRandom(1000 * step + shard);
      FloatBuffer z = into.get(0).data().asFloatBuffer();
      while (z.hasRemaining()) {
        z.put((float) random.nextGaussian());
      }
      try (PinnedSession session =
          PinnedSession.open(
              teacher,
              PinnedSession.Use.INFERENCE,
              List.of(into.get(0)),
              List.of(into.get(1).named("image")),
              1)) {
        session.run();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    };
  }

  private Objective objective(ByteBuffer values, int shards) throws Exception {
    return Objective.of(graph, values, List.<Tensor>of(), batches(), shards);
  }

  @Test
  void learnsWhatTheTeacherGives() throws Exception {
    try (Objective objective = objective(disturbed(), 2)) {
      Trainer trainer = new Trainer(objective, TrainerOptions.usual(60, OptimizerRule.ADAM));
      double first = trainer.step().get("loss");
      double last = 0;
      while (trainer.done() < 60) {
        last = trainer.step().get("l1");
      }
      assertTrue(last < 0.6 * first, first + " to " + last);
    }
  }

  @Test
  void goesOnFromACheckpointAsIfItHadNeverStopped() throws Exception {
    TrainerOptions options = TrainerOptions.usual(6, OptimizerRule.ADAMW);
    TrainingState half;
    TrainingState straight;
    try (Objective objective = objective(disturbed(), 2)) {
      Trainer trainer = new Trainer(objective, options);
      for (int i = 0; i < 3; i++) {
        trainer.step();
      }
      half = trainer.state();
      while (trainer.done() < 6) {
        trainer.step();
      }
      straight = trainer.state();
    }
    try (Objective objective = objective(parameters.allocate(), 2)) {
      Trainer trainer = new Trainer(objective, options);
      trainer.resume(half);
      while (trainer.done() < 6) {
        trainer.step();
      }
      assertEquals(straight, trainer.state());
    }
  }

  @Test
  void refusesACheckpointOfAnotherLayout() throws Exception {
    TrainerOptions options = TrainerOptions.usual(6, OptimizerRule.ADAMW);
    try (Objective objective = objective(disturbed(), 1)) {
      Trainer trainer = new Trainer(objective, options);
      TrainingState state = trainer.state();
      String name = "values." + parameters.all().get(0).name();
      Map<String, Tensor> turned = new LinkedHashMap<>(state.tensors());
      List<Long> shape = new ArrayList<>(turned.get(name).shape());
      Collections.reverse(shape); // as many numbers
      turned.put(name, new Tensor(name, DataType.FP32, shape, turned.get(name).data()));
      refuses(trainer, turned, "has %s under '%s'".formatted(shape, name));
      Map<String, Tensor> fewer = new LinkedHashMap<>(state.tensors());
      fewer.remove(name);
      refuses(trainer, fewer, "has nothing under '%s'".formatted(name));
      Map<String, Tensor> more = new LinkedHashMap<>(state.tensors());
      more.put("values.head", turned.get(name));
      refuses(trainer, more, "has 'values.head', expected nothing of that name");
      Trainer other = new Trainer(objective, TrainerOptions.usual(6, OptimizerRule.LION));
      refuses(other, state.tensors(), "has 'moment1.");
    }
  }

  private static void refuses(Trainer trainer, Map<String, Tensor> tensors, String why) {
    RejectedException refused =
        assertThrows(
            RejectedException.class, () -> trainer.resume(new TrainingState(3, 6, tensors)));
    assertEquals(FailureCode.BAD_REQUEST, refused.code());
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  @Test
  void stopsWhereItDivergesAndSaysAtWhichStep() throws Exception {
    ByteBuffer values = disturbed();
    values.order(ByteOrder.nativeOrder()).asFloatBuffer().put(0, Float.NaN);
    try (Objective objective = objective(values, 1)) {
      Trainer trainer = new Trainer(objective, TrainerOptions.usual(6, OptimizerRule.SGD));
      RejectedException refused = assertThrows(RejectedException.class, trainer::step);
      assertEquals(FailureCode.DIVERGED, refused.code());
      assertTrue(refused.getMessage().contains("at step 0"), refused.getMessage());
      assertEquals(0, trainer.done());
    }
  }
}
