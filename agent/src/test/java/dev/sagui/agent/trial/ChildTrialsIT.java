/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.failure.FailureCode;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTrialsIT {
  private static final long PLENTY = 1L << 30;
  @TempDir Path folder;

  @BeforeEach
  void copyTheModel() throws Exception {
    try (InputStream in =
        ChildTrialsIT.class.getResourceAsStream("/dev/sagui/agent/rehearsal.onnx")) {
      Files.copy(Objects.requireNonNull(in), folder.resolve("model.onnx"));
    }
  }

  @Test
  void passesAModelThatGivesItsGoldenOutputs() throws Exception {
    Outcome outcome = run(candidate(2, Double.POSITIVE_INFINITY, PLENTY));
    assertEquals(Outcome.Kind.PASSED, outcome.kind(), outcome.toString());
  }

  @Test
  void refusesWrongOutputsSlownessAndAProcessOverItsBudget() throws Exception {
    assertRefused(FailureCode.GOLDEN_MISMATCH, candidate(2.5f, Double.POSITIVE_INFINITY, PLENTY));
    assertRefused(FailureCode.TOO_SLOW, candidate(2, 1e-9, PLENTY));
    assertRefused(FailureCode.OVER_RAM_BUDGET, candidate(2, Double.POSITIVE_INFINITY, 20L << 20));
  }

  @Test
  void refusesAFileThatDoesNotLoad() throws Exception {
    Files.writeString(folder.resolve("model.onnx"), "no model");
    assertRefused(FailureCode.MODEL_DOES_NOT_LOAD, candidate(2, Double.POSITIVE_INFINITY, PLENTY));
  }

  @Test
  void aProcessThatCannotHaveItsMemoryCrashesAlone() throws Exception {
    Outcome outcome = run(candidate(2, Double.POSITIVE_INFINITY, -(160L << 20)));
    assertEquals(Outcome.Kind.CRASHED, outcome.kind(), outcome.toString());
  }

  @Test
  void endsATrialThatTakesTooLong() throws Exception {
    Trials.Attempt attempt = trials(Duration.ZERO).begin(candidate(2, 1_000, PLENTY));
    Outcome outcome = attempt.outcome().orElseThrow();
    assertEquals(Outcome.Kind.CRASHED, outcome.kind());
    assertEquals(FailureCode.TOO_SLOW, outcome.failure().orElseThrow().code());
  }

  private void assertRefused(FailureCode code, Candidate candidate) throws Exception {
    Outcome outcome = run(candidate);
    assertEquals(Outcome.Kind.REFUSED, outcome.kind(), outcome.toString());
    assertEquals(code, outcome.failure().orElseThrow().code());
  }

  private Outcome run(Candidate candidate) throws Exception {
    Trials.Attempt attempt = trials(Duration.ofSeconds(60)).begin(candidate);
    Optional<Outcome> outcome = attempt.outcome();
    while (outcome.isEmpty()) {
      Thread.sleep(20);
      outcome = attempt.outcome();
    }
    return outcome.get();
  }

  private Trials trials(Duration limit) {
    return new ChildTrials(
        folder.resolve("trial"), folder.resolve("native"), limit, System::nanoTime);
  }

  private Candidate candidate(float factor, double p95LimitMillis, long ramBytes) throws Exception {
    Path golden = folder.resolve("golden.safetensors");
    float[] out = {factor, 2 * factor, 3 * factor, 4 * factor};
    Files.write(
        golden,
        Safetensors.write(
            List.of(
                Tensor.of("in:x", new float[] {1, 2, 3, 4}, 1, 4), Tensor.of("out:y", out, 1, 4))));
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(-1L, 4L));
    TensorInfo y = new TensorInfo("y", DataType.FP32, List.of(-1L, 4L));
    Candidate candidate =
        new Candidate(
            folder,
            "model.onnx",
            List.of(x),
            List.of(y),
            1,
            golden,
            1e-6,
            p95LimitMillis,
            ramBytes);
    assertEquals(candidate, Candidate.parse(candidate.encode()));
    return candidate;
  }
}
