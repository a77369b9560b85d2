/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Checkpoint;
import dev.sagui.train.NetTraining;
import dev.sagui.train.TrainingLoop;
import dev.sagui.train.plan.TrainingKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunIT {
  private static final String RECIPE = "{steps: 60, score-every: 20, checkpoint-minutes: 0}";

  @TempDir Path home;

  /** Stops after a step. */
  private static RunWatch until(long last) {
    return new RunWatch() {
      private long done;

      @Override
      public void at(Now now) {
        done = now.done();
      }

      @Override
      public boolean stops() {
        return done >= last;
      }
    };
  }

  private RunResult run(RunFolder folder, String recipe, RunWatch watch) throws IOException {
    TrainingKeys keys = SmallTraining.keys(recipe);
    try (folder;
        NetTraining training = SmallTraining.of(home, keys)) {
      return new TrainingRun(folder, SmallTraining.plan(keys), watch, System::nanoTime)
          .run(training);
    }
  }

  private RunFolder fresh(String name) throws IOException {
    return RunFolder.create(home.resolve(name));
  }

  @Test
  void aRunLeavesModelCurvesRecipeAndVersions() throws IOException {
    RunResult result = run(fresh("run"), RECIPE, RunWatch.NONE);
    Path run = home.resolve("run");
    assertEquals(TrainingLoop.End.DONE, result.end());
    List<String> curves = Files.readAllLines(run.resolve(RunFolder.CURVES));
    assertEquals("step,seconds,rate,loss,l2,mse", curves.get(0));
    assertEquals(62, curves.size());
    assertTrue(curves.get(1).startsWith("0,0.0,,,,"), curves.get(1));
    assertTrue(curves.get(61).startsWith("60,"), curves.get(61));
    assertFalse(curves.get(61).endsWith(","), "the last step is scored");
    assertTrue(curves.get(60).endsWith(","), "others are not");
    assertTrue(Files.readString(run.resolve(RunFolder.RECIPE)).contains("steps: 60"));
    assertTrue(Files.readString(run.resolve(RunFolder.VERSIONS)).contains("\"seed\" : 7"));
    assertTrue(Files.size(run.resolve(RunFolder.PICTURE)) > 1000);
    OnnxModel.open(run.resolve(RunFolder.MODEL));
    assertEquals("done", result.json().get("end"));
  }

  @Test
  void whatWasStoppedGoesOnToTheSameBytes() throws IOException {
    run(fresh("straight"), RECIPE, RunWatch.NONE);
    RunResult stopped = run(fresh("halted"), RECIPE, until(33));
    assertEquals(TrainingLoop.End.STOPPED, stopped.end());
    assertFalse(Files.exists(home.resolve("halted/model.onnx")));
    Path curves = home.resolve("halted/curves.csv");
    Files.writeString(curves, Files.readString(curves) + "34,9.0,0.001,0.5,0.5,\n35,9.1,0.0");
    run(RunFolder.resume(home.resolve("halted")), RECIPE, RunWatch.NONE);
    for (String name : List.of("model.onnx", "best.onnx", "checkpoint.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(home.resolve("straight").resolve(name)),
          Files.readAllBytes(home.resolve("halted").resolve(name)),
          name);
    }
    assertEquals(untimed("straight"), untimed("halted"));
  }

  private List<String> untimed(String run) throws IOException {
    return Files.readAllLines(home.resolve(run).resolve("curves.csv")).stream()
        .map(line -> line.replaceFirst(",[^,]*", ""))
        .toList();
  }

  @Test
  void patienceEndsWhereItWouldHaveWithoutAStop() throws IOException {
    String hopeless =
        "{steps: 90, score-every: 10, patience: 3, average: 0,"
            + " optimizer: {sgd: {rate: 1e-30}}}";
    RunResult straight = run(fresh("straight"), hopeless, RunWatch.NONE);
    assertEquals(TrainingLoop.End.STALLED, straight.end());
    assertEquals(30, straight.steps());
    run(fresh("halted"), hopeless, until(15));
    RunResult resumed = run(RunFolder.resume(home.resolve("halted")), hopeless, RunWatch.NONE);
    assertEquals(30, resumed.steps());
  }

  @Test
  void aRunByTimeTellsItsSteps() throws IOException {
    RunResult result = run(fresh("run"), "{minutes: 0.01, score-every: 1000}", RunWatch.NONE);
    assertTrue(result.steps() > 15, result.toString());
    assertEquals(result.planned(), result.steps());
    String recipe = Files.readString(home.resolve("run/recipe.yaml"));
    assertTrue(recipe.contains("steps: " + result.steps()), recipe);
    assertFalse(recipe.contains("minutes: 0.01"), recipe);
  }

  @Test
  void twoRunsOnOneFolderAreRefused() throws IOException {
    try (RunFolder held = fresh("run")) {
      RejectedException second = assertThrows(RejectedException.class, () -> fresh("run"));
      assertEquals(FailureCode.STATE_FOLDER_IN_USE, second.code());
      assertTrue(
          second.getMessage().contains("process " + ProcessHandle.current().pid()),
          second.getMessage());
      assertTrue(held.path().endsWith("run"));
    }
    run(fresh("run"), RECIPE, RunWatch.NONE);
    RejectedException again = assertThrows(RejectedException.class, () -> fresh("run"));
    assertTrue(again.getMessage().contains("--resume"), again.getMessage());
  }

  @Test
  void aFolderWithOtherFilesIsLeftAlone() throws IOException {
    Files.createDirectories(home.resolve("photos"));
    Files.writeString(home.resolve("photos/a.txt"), "a");
    RejectedException refused = assertThrows(RejectedException.class, () -> fresh("photos"));
    assertTrue(refused.getMessage().contains("'a.txt'"), refused.getMessage());
    RejectedException none =
        assertThrows(RejectedException.class, () -> RunFolder.resume(home.resolve("none")));
    assertEquals(FailureCode.NOT_FOUND, none.code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint.safetensors", "recipe.yaml", "curves.png", "curves.csv"})
  void aFullDiskLosesNothingThatACheckpointKept(String file) throws IOException {
    run(fresh("straight"), RECIPE, RunWatch.NONE);
    run(fresh("full"), RECIPE, until(10));
    Path run = home.resolve("full");
    Files.createSymbolicLink(run.resolve(file + ".part"), Path.of("/dev/full"));
    RejectedException full =
        assertThrows(
            RejectedException.class, () -> run(RunFolder.resume(run), RECIPE, RunWatch.NONE));
    assertEquals(FailureCode.DISK_FULL, full.code());
    String kept =
        "the checkpoint of step %d in"
            .formatted(Checkpoint.read(run.resolve(RunFolder.CHECKPOINT)).done());
    assertTrue(full.getMessage().contains(kept), full.getMessage());
    Files.deleteIfExists(run.resolve(file + ".part")); // there is room again
    run(RunFolder.resume(run), RECIPE, RunWatch.NONE);
    for (String name : List.of(RunFolder.MODEL, RunFolder.CHECKPOINT)) {
      assertArrayEquals(
          Files.readAllBytes(home.resolve("straight").resolve(name)),
          Files.readAllBytes(run.resolve(name)),
          name);
    }
    assertEquals(untimed("straight"), untimed("full"));
  }

  @Test
  void divergenceKeepsTheLastCheckpoint() throws IOException {
    run(fresh("run"), RECIPE, until(10));
    byte[] checkpoint = Files.readAllBytes(home.resolve("run/checkpoint.safetensors"));
    String wild =
        "{steps: 60, score-every: 1000, checkpoint-minutes: 1e6, clip: 0, optimizer: {adam: {rate: 1e30}}}";
    RejectedException diverged =
        assertThrows(
            RejectedException.class,
            () -> run(RunFolder.resume(home.resolve("run")), wild, RunWatch.NONE));
    assertEquals(FailureCode.DIVERGED, diverged.code());
    assertTrue(
        diverged.getMessage().contains("the checkpoint of step 10 in"), diverged.getMessage());
    assertArrayEquals(checkpoint, Files.readAllBytes(home.resolve("run/checkpoint.safetensors")));
  }
}
