/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Comparison;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparsificationIT {
  private static final DataSpec DATA = DataSpec.parse("latent:normal:5:512");
  private static final int WIDTH = 96;

  @TempDir Path folder;
  private OnnxModel source;
  private Scratch scratch;

  /** [N, 96] → a mixture that correlates → a layer of 64 outputs. */
  @BeforeEach
  void open() throws IOException {
    Random random = new Random(7);
    float[] mix = new float[WIDTH * WIDTH];
    for (int i = 0; i < mix.length; i++) {
      mix[i] = (float) (random.nextGaussian() / (1 + i / WIDTH));
    }
    Path file =
        TestModels.write(
            TestModels.model(
                TestModels.graph(List.of("x"), List.of(new long[] {-1, WIDTH}))
                    .addInitializer(TestModels.floats("mix", mix, WIDTH, WIDTH))
                    .addInitializer(TestModels.weights("w", 3, 64, WIDTH))
                    .addNode(TestModels.node("MatMul", "h", "x", "mix"))
                    .addNode(
                        TestModels.node("Gemm", "y", "h", "w")
                            .addAttribute(TestModels.number("transB", 1)))),
            folder.resolve("in.onnx"));
    source = OnnxModel.open(file);
    scratch = Scratch.create();
  }

  @AfterEach
  void close() throws IOException {
    scratch.close();
  }

  private static SparsityOptions options(double ratio, Criterion criterion, String pattern) {
    return new SparsityOptions(
        ratio,
        criterion,
        Scope.LAYER,
        pattern.isEmpty() ? Pattern.UNSTRUCTURED : Pattern.parse(pattern),
        Repair.NONE,
        1,
        Set.of("mix"));
  }

  private SparseModel pruned(SparsityOptions options) throws IOException {
    Samples samples = Samples.of(source.facts(), DATA).forCalibration();
    SparsityData data = new SparsityData(Optional.of(samples), scratch, 1);
    return Sparsification.apply(source, options, data, Progress.NONE);
  }

  private float[] weight(OnnxModel model, String name) throws IOException {
    TensorProto tensor =
        model.graph().getInitializerList().stream()
            .filter(t -> t.getName().equals(name))
            .findFirst()
            .orElseThrow();
    return TensorValues.floats(model, tensor);
  }

  private double sqnr(SparsityOptions options) throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    ModelWriter.write(pruned(options).model(), out, Progress.NONE);
    Samples samples = Samples.of(source.facts(), DATA).forJudging();
    return Comparison.of(source, OnnxModel.open(out), samples, "", 1, Progress.NONE)
        .quality()
        .sqnrDb();
  }

  @Test
  void compensationBeatsActivationsBeatMagnitudes() throws IOException {
    double magnitude = sqnr(options(0.5, Criterion.MAGNITUDE, ""));
    double wanda = sqnr(options(0.5, Criterion.WANDA, ""));
    double gpt = sqnr(options(0.5, Criterion.SPARSEGPT, ""));
    String all = "%.1f, %.1f, %.1f dB".formatted(magnitude, wanda, gpt);
    assertTrue(gpt > wanda + 2 && wanda > magnitude + 0.5, all);
  }

  @ParameterizedTest
  @CsvSource({"LEAST_SQUARES,2", "BIAS,-0.1"})
  void repairGains(Repair repair, double leastDb) throws IOException {
    SparsityOptions plain = options(0.7, Criterion.MAGNITUDE, "");
    SparsityOptions repaired =
        new SparsityOptions(
            0.7, plain.criterion(), Scope.LAYER, plain.pattern(), repair, 1, plain.except());
    double before = sqnr(plain);
    double after = sqnr(repaired);
    assertTrue(after > before + leastDb, after + " dB, " + before + " dB before");
  }

  @ParameterizedTest
  @CsvSource({"MAGNITUDE", "WANDA", "SPARSEGPT"})
  void everyGroupHoldsItsPatternAlongTheInputs(Criterion criterion) throws IOException {
    float[] weights = weight(pruned(options(0.5, criterion, "2:4")).model(), "w");
    for (int from = 0; from < weights.length; from += 4) {
      int kept = 0;
      for (int i = from; i < from + 4; i++) {
        kept += weights[i] != 0 ? 1 : 0;
      }
      assertEquals(2, kept);
    }
  }

  @ParameterizedTest
  @CsvSource({"MAGNITUDE,''", "WANDA,''", "SPARSEGPT,''", "SPARSEGPT,1x4", "WANDA,4x4"})
  void layerLosesItsShareAndSaysSo(Criterion criterion, String pattern) throws IOException {
    SparseModel result = pruned(options(0.75, criterion, pattern));
    PrunedWeight weight = result.weights().get(1);
    long zeros = 0;
    for (float value : weight(result.model(), "w")) {
      zeros += value == 0 ? 1 : 0;
    }
    assertEquals(0.75 * 64 * WIDTH, zeros);
    assertEquals(zeros, weight.zeros());
    assertEquals(0.25, weight.density(), 1e-9);
    assertFalse(result.weights().get(0).pruned());
  }

  @Test
  void nothingIsChangedByAShareOfNone() throws IOException {
    assertSame(source, pruned(options(0, Criterion.SPARSEGPT, "")).model());
    assertSame(source, Thresholding.apply(source, 0).model());
  }

  @Test
  void thresholdIsExact() throws IOException {
    float[] before = weight(source, "w");
    float[] after = weight(Thresholding.apply(source, 0.05f).model(), "w");
    for (int i = 0; i < before.length; i++) {
      assertEquals(Math.abs(before[i]) < 0.05f ? 0 : before[i], after[i]);
    }
  }

  @Test
  void roundsEndAtTheShareAndKeepEarlierZeros() throws IOException {
    SparsityOptions options =
        new SparsityOptions(
            0.8,
            Criterion.SPARSEGPT,
            Scope.LAYER,
            Pattern.UNSTRUCTURED,
            Repair.LEAST_SQUARES,
            3,
            Set.of("mix"));
    assertEquals(0.2, pruned(options).weights().get(1).density(), 1e-3);
  }

  @ParameterizedTest
  @CsvSource({"0.99999,'',leaves weight 'w' empty", "0.5,2:5,in groups of 5", "0.995,rows,empty"})
  void whatCannotBeIsSaid(double ratio, String pattern, String expected) {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> pruned(options(ratio, Criterion.MAGNITUDE, pattern)));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  @Test
  void globalThresholdTakesMoreFromSmallWeights() throws IOException {
    SparsityOptions options =
        new SparsityOptions(
            0.6, Criterion.MAGNITUDE, Scope.GLOBAL, Pattern.UNSTRUCTURED, Repair.NONE, 1, Set.of());
    SparseModel result = pruned(options);
    float largestGone = 0;
    float smallestKept = 10;
    long zeros = 0;
    for (String name : List.of("mix", "w")) {
      float[] before = weight(source, name);
      float[] after = weight(result.model(), name);
      for (int i = 0; i < before.length; i++) {
        float size = Math.abs(before[i]);
        zeros += after[i] == 0 ? 1 : 0;
        largestGone = after[i] == 0 ? Math.max(largestGone, size) : largestGone;
        smallestKept = after[i] == 0 ? smallestKept : Math.min(smallestKept, size);
      }
    }
    assertEquals(0.6 * (64 + WIDTH) * WIDTH, zeros, 2);
    assertTrue(largestGone < 1.02 * smallestKept, largestGone + " " + smallestKept);
  }
}
