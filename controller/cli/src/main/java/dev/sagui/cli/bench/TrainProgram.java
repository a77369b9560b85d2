/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.GraphInMaking;
import dev.sagui.train.Objective;
import dev.sagui.train.OptimizerOptions;
import dev.sagui.train.OptimizerRule;
import dev.sagui.train.Parameters;
import dev.sagui.train.RateSchedule;
import dev.sagui.train.Trainables;
import dev.sagui.train.Trainer;
import dev.sagui.train.TrainerOptions;
import dev.sagui.train.loss.LossTerms;
import dev.sagui.train.loss.Pair;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process of its own that trains a net, asked line by line as {@code deploy/bench/train_peer.py}
 * is.
 */
final class TrainProgram {
  private static final String TARGET = "target";

  private final Map<String, Tensor> samples = new HashMap<>();
  private final int shards;

  private TrainProgram(List<Tensor> samples, int shards) {
    samples.forEach(tensor -> this.samples.put(tensor.name(), tensor));
    this.shards = shards;
  }

  /**
   * @param args the model, the file with samples, and how many threads share a batch
   */
  public static void main(String[] args) throws IOException {
    List<Tensor> samples = Safetensors.parse(Files.readAllBytes(Path.of(args[1])));
    new TrainProgram(samples, Integer.parseInt(args[2])).serve(OnnxModel.open(Path.of(args[0])));
  }

  private void serve(OnnxModel net) throws IOException {
    Parameters parameters = Parameters.of(Trainables.of(net, name -> true), Map.of());
    List<Feed> inputs = new ArrayList<>();
    samples.values().stream()
        .filter(tensor -> !tensor.name().equals(TARGET))
        .forEach(tensor -> inputs.add(share(tensor)));
    GraphInMaking made = GraphInMaking.of(net, inputs, parameters);
    String output = made.outputs().get(0);
    Feed target = made.input(TARGET, DataType.FP32, made.shape(output));
    LossTerms loss = LossTerms.parse(Map.of("l1", 1));
    Map<String, String> terms =
        loss.add(made.emit(), new Pair(output, target.name(), target.shape(), 1));
    Criterion.Terms all = new Criterion.Terms(loss.total(made.emit(), terms), terms);
    try (Objective objective =
        Objective.of(
            made.minimise(all.total(), all.each(), Map.of()),
            parameters.read(net),
            List.of(),
            batches(),
            shards)) {
      answer(objective);
    }
  }

  private Feed share(Tensor tensor) {
    List<Long> shape = new ArrayList<>(tensor.shape());
    shape.set(0, shape.get(0) / shards);
    return new Feed(tensor.name(), tensor.type(), shape);
  }

  /** The same samples each step: what is timed is the step. */
  private Batches batches() {
    return (step, shard, into) -> {
      if (step == 0) {
        for (Tensor tensor : into) {
          Tensor whole = samples.get(tensor.name());
          if (whole != null) {
            int bytes = tensor.data().remaining();
            ByteBuffer data = tensor.data();
            data.put(whole.data().slice(shard * bytes, bytes));
          }
        }
      }
    };
  }

  private void answer(Objective objective) throws IOException {
    Trainer trainer =
        new Trainer(
            objective,
            new TrainerOptions(
                Long.MAX_VALUE,
                1,
                0,
                0,
                OptimizerOptions.usual(OptimizerRule.ADAM),
                new RateSchedule(RateSchedule.Shape.CONSTANT, 0, 0, 0, 1)));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] request = line.split(" ", 2);
      System.out.println(
          switch (request[0]) {
            case "gradient" -> gradient(objective, Path.of(request[1]));
            case "memory" -> Long.toString(Memory.ofPeak(ProcessHandle.current().pid()));
            default -> steps(trainer, Integer.parseInt(request[1]));
          });
    }
  }

  private static String gradient(Objective objective, Path file) throws IOException {
    objective.compute(0);
    Files.write(file, Safetensors.write(objective.gradients()));
    return "written";
  }

  private static String steps(Trainer trainer, int count) {
    StringBuilder seconds = new StringBuilder();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      trainer.step();
      seconds.append(i == 0 ? "" : ",").append((System.nanoTime() - start) / 1e9);
    }
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return seconds + " " + cpu.toNanos() / 1e9;
  }
}
