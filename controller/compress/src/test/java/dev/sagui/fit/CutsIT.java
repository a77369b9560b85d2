/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.isa.HostMachine;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Tolerance;
import dev.sagui.run.DataSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutsIT {
  private static final Duration LEARN = Duration.ofSeconds(2);

  @TempDir Path home;

  @Test
  void aStudentComesNearerThanWhatWasPrunedAlone() throws IOException {
    Path model = TestModels.write(block(32, 64, 32), home.resolve("block.onnx"));
    try (WorkFolder work = WorkFolder.open(home.resolve("out"))) {
      Workbench bench = bench(model, work);
      Attempt pruned = made(bench, "prune50-stored").attempt().orElseThrow();
      Attempt student = made(bench, "distill50-stored").attempt().orElseThrow();
      assertTrue(student.done().contains("trained for"), student.done());
      assertTrue(student.quality().sqnrDb() > pruned.quality().sqnrDb(), student.toString());
    }
  }

  @Test
  void productsOfLowRankAreWrittenAsTwo() throws IOException {
    Path model = TestModels.write(lowRank(384, 16), home.resolve("rank.onnx"));
    try (WorkFolder work = WorkFolder.open(home.resolve("out"))) {
      Workbench bench = bench(model, work);
      Attempt original = bench.asItCame(Progress.NONE).attempt().orElseThrow();
      assertEquals(Optional.empty(), candidate("rank50-stored").pointless(original));
      Attempt factored = made(bench, "rank50-stored").attempt().orElseThrow();
      assertTrue(factored.done().contains("by low rank"), factored.done());
      assertTrue(factored.bytes() < original.bytes() / 2, factored.toString());
      assertTrue(factored.quality().sqnrDb() > 20, factored.toString());
      String why = candidate("experts75-stored").pointless(original).orElseThrow();
      assertTrue(why.contains("caches"), why);
    }
  }

  @Test
  void blocksAreRoutedOrTakenBackWithAReason() throws IOException {
    Path model = TestModels.write(block(32, 256, 32), home.resolve("wide.onnx"));
    try (WorkFolder work = WorkFolder.open(home.resolve("out"))) {
      Workbench bench = bench(model, work);
      Outcome routed = made(bench, "experts75-stored");
      String told = routed.attempt().map(Attempt::done).or(routed::problem).orElseThrow();
      assertTrue(told.contains("each row computes") || told.contains("taken back"), told);
    }
  }

  private static Workbench bench(Path model, WorkFolder work) throws IOException {
    Map<String, DataSpec> few = Map.of("", DataSpec.parse("latent:normal:0:128"));
    return new Workbench(model, new Workbench.Settings(7, few, 1, LEARN), work);
  }

  private static Outcome made(Workbench bench, String name) throws IOException {
    Candidate candidate = candidate(name);
    bench.begin(candidate.cut(), Progress.NONE);
    return bench.make(candidate, new ArtifactName(name), HostMachine.profile(), Progress.NONE);
  }

  private static Candidate candidate(String name) {
    return Candidate.all(Tolerance.ofSqnr(30), LEARN).stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** y = relu(x · A) · B. */
  private static ModelProto block(int in, int hidden, int out) {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, in}))
            .addInitializer(TestModels.weights("a", 1, in, hidden))
            .addInitializer(TestModels.weights("c", 3, hidden, out))
            .addNode(TestModels.node("MatMul", "h", "x", "a"))
            .addNode(TestModels.node("Relu", "r", "h"))
            .addNode(TestModels.node("MatMul", "y", "r", "c")));
  }

  /** y = x · A, whose rank is low. */
  private static ModelProto lowRank(int width, int rank) {
    Random random = new Random(5);
    double[][] left = normal(random, width, rank);
    double[][] right = normal(random, rank, width);
    float[] product = new float[width * width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        for (int k = 0; k < rank; k++) {
          product[i * width + j] += (float) (0.1 * left[i][k] * right[k][j]);
        }
      }
    }
    TensorProto weights = TestModels.floats("a", product, width, width);
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, width}))
            .addInitializer(weights)
            .addNode(TestModels.node("MatMul", "y", "x", "a")));
  }

  private static double[][] normal(Random random, int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return values;
  }
}
