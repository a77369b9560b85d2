/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Main;
import dev.sagui.cli.Ran;
import dev.sagui.json.Fields;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.train.folder.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillIT {
  private static final int WIDTH = 24;
  private static final long LIMIT_SECONDS = 240;

  @TempDir Path home;

  /** A layer that learns to be another one. */
  @BeforeEach
  void writeModels() throws IOException {
    TestModels.write(TestModels.linear(WIDTH, WIDTH, 1), home.resolve("teacher.onnx"));
    TestModels.write(TestModels.linear(WIDTH, WIDTH, 5), home.resolve("student.onnx"));
  }

  private Path recipe(String more) throws IOException {
    return Files.writeString(
        home.resolve("small.yaml"),
        """
        teacher: teacher.onnx
        student: {file: student.onnx}
        data: latent:normal:7:64
        batch: 16
        seed: 7
        """
            + more);
  }

  private Ran distill(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("distill", home.resolve("small.yaml")));
    arguments.addAll(List.of(more));
    return Ran.sagui(arguments.toArray());
  }

  /** In a process of its own, behind a command that starts it. */
  private Process started(List<String> before, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "distill"));
    command.add(home.resolve("small.yaml").toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("log").toFile())
        .start();
  }

  private String log() throws IOException {
    return Files.readString(home.resolve("log"));
  }

  private void awaitCheckpoint(Path run, Process process) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!Files.exists(run.resolve(RunFolder.CHECKPOINT))) {
      assertTrue(process.isAlive() && System.nanoTime() < end, log());
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void aStudentLearnsAndTheDocumentSaysHowWell() throws IOException {
    recipe("steps: 300\nscore-every: 100\noptimizer: {adam: {rate: 0.05}}\n");
    Ran ran = distill("--json", "--threads", 2);
    assertEquals(0, ran.code(), ran.err());
    Fields document = ran.json();
    assertEquals("done", document.string("end"));
    assertEquals(300, document.integer("steps"));
    assertEquals("sqnr_db", document.object("best").string("metric"));
    assertTrue(document.object("best").number("value") > 20, ran.out());
    Path model = Path.of(document.object("output").string("file"));
    assertEquals(home.resolve("small").resolve(RunFolder.MODEL), model);
    Ran compared = Ran.sagui("compare", home.resolve("teacher.onnx"), model, "--json");
    assertEquals(0, compared.code(), compared.err());
  }

  @Test
  void aStudentThatIsMadeOfItsTeacherIsTheSameWithoutASearch() throws IOException {
    Path recipe =
        Files.writeString(
            home.resolve("half.yaml"),
            """
            teacher: %s
            student: {width: 0.5}
            data: latent:normal:7:64
            loss: {l1: 1, adversarial: {weight: 0.01, critic: [8, 8]}}
            batch: 16
            steps: 4
            """
                .formatted(Ran.VAE_DECODER.toAbsolutePath()));
    Ran ran = Ran.sagui("distill", recipe, "--json", "--threads", 1);
    assertEquals(0, ran.code(), ran.err());
    Fields student = ran.json().object("student");
    assertTrue(student.number("flops_ratio") < 0.5, ran.out());
    assertTrue(student.number("latency_ratio") < 1, ran.out());
    assertTrue(ran.json().object("against_teacher").number("bytes_ratio") < 0.6, ran.out());
    assertTrue(Double.isFinite(ran.json().object("quality").number("kid")), ran.out());
    assertTrue(ran.json().object("null_scale").number("kid") > 0, ran.out());
    assertTrue(ran.err().contains("student "), ran.err());
    Path chosen = home.resolve("half").resolve(RunFolder.RECIPE);
    assertTrue(Files.readString(chosen).contains("widths:"), Files.readString(chosen));
    Ran again = Ran.sagui("distill", chosen, "--out", home.resolve("again"), "--threads", 1);
    assertEquals(0, again.code(), again.err());
    assertArrayEquals(
        Files.readAllBytes(home.resolve("half").resolve(RunFolder.MODEL)),
        Files.readAllBytes(home.resolve("again").resolve(RunFolder.MODEL)));
    Ran resumed = Ran.sagui("distill", recipe, "--resume", "--json");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(
        student.number("flops_ratio"), resumed.json().object("student").number("flops_ratio"));
  }

  /** A decoder learns on what its teacher writes, and takes and gives a cache as that one does. */
  @Test
  void aDecoderLearnsWithoutDataAndKeepsItsCache() throws IOException {
    ModelWriter.writeOne(CachedDecoder.of(32, 16), home.resolve("decoder.onnx"));
    Path recipe =
        Files.writeString(
            home.resolve("writes.yaml"),
            """
            teacher: decoder.onnx
            student: {width: 0.5}
            written: {texts: 48, length: 10}
            optimizer: {adam: {rate: 0.01}}
            batch: 8
            steps: 60
            """);
    Ran ran = Ran.sagui("distill", recipe, "--json", "--threads", 2);
    assertEquals(0, ran.code(), ran.err());
    Path made = home.resolve("writes").resolve(RunFolder.MODEL);
    OnnxModel teacher = OnnxModel.open(home.resolve("decoder.onnx"));
    OnnxModel student = OnnxModel.open(made);
    assertEquals(teacher.facts().inputs(), student.facts().inputs());
    assertEquals(teacher.facts().outputs(), student.facts().outputs());
    assertTrue(student.facts().parameters() < teacher.facts().parameters());
    CachedDecoder.requireCacheGoesOn(student);
    Path chosen = home.resolve("writes").resolve(RunFolder.RECIPE);
    assertTrue(Files.readString(chosen).contains("written:"), Files.readString(chosen));
    Ran again = Ran.sagui("distill", chosen, "--out", home.resolve("again"), "--threads", 2);
    assertEquals(0, again.code(), again.err());
    assertArrayEquals(
        Files.readAllBytes(made),
        Files.readAllBytes(home.resolve("again").resolve(RunFolder.MODEL)));
    Files.writeString(recipe, Files.readString(recipe) + "data: latent:normal:7:8\n");
    Ran both = Ran.sagui("distill", recipe, "--out", home.resolve("both"));
    assertEquals(2, both.code());
    assertTrue(both.err().contains("leave out one of them"), both.err());
  }

  @Test
  void aRecipesStepLearnsOnWhatTheTeacherWrites() throws IOException {
    ModelWriter.writeOne(CachedDecoder.of(32, 16), home.resolve("decoder.onnx"));
    Path recipe =
        Files.writeString(
            home.resolve("steps.yaml"),
            """
            data: random:7:16
            steps:
            - prune: {unstructured: 0.5}
            - finetune: {written: {texts: 32, length: 8}, steps: 20, batch: 8, threads: 2}
            """);
    Path out = home.resolve("out");
    Ran ran =
        Ran.sagui(
            "compress", home.resolve("decoder.onnx"), "--recipe", recipe, "--out", out, "--json");
    assertEquals(0, ran.code(), ran.err());
    String report = Files.readString(out.resolve("report.json"));
    assertTrue(report.contains("\"written\""), report);
    byte[] bytes = report.getBytes(StandardCharsets.UTF_8);
    Fields step = Fields.parse(bytes).objects("steps", each -> each).get(1);
    assertEquals(20, step.object("metrics").integer("steps"), report);
    CachedDecoder.requireCacheGoesOn(OnnxModel.open(out.resolve("model.onnx")));
  }

  @Test
  void whatWasKilledGoesOnToTheSameBytes() throws Exception {
    recipe("steps: 400\nscore-every: 50\ncheckpoint-minutes: 0\n");
    Ran straight = distill("--out", home.resolve("straight"), "--threads", 2);
    assertEquals(0, straight.code(), straight.err());
    Path killed = home.resolve("killed");
    Process process = started(List.of(), "--out", killed, "--threads", 2);
    awaitCheckpoint(killed, process);
    process.destroyForcibly().waitFor();
    assertFalse(Files.exists(killed.resolve(RunFolder.MODEL)), "killed too late");
    Ran resumed = distill("--out", killed, "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    for (String name : List.of(RunFolder.MODEL, RunFolder.BEST, RunFolder.CHECKPOINT)) {
      assertArrayEquals(
          Files.readAllBytes(home.resolve("straight").resolve(name)),
          Files.readAllBytes(killed.resolve(name)),
          name);
    }
  }

  @Test
  void anInterruptWritesACheckpointAndEndsWith130() throws Exception {
    recipe("steps: 1000000\nscore-every: 500\n");
    Path run = home.resolve("small");
    Process process = started(List.of());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    Path curves = run.resolve(RunFolder.CURVES); // shown once steps are done
    while (!Files.exists(curves) || Files.size(curves) == 0) {
      assertTrue(process.isAlive() && System.nanoTime() < end, log());
      TimeUnit.MILLISECONDS.sleep(20);
    }
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), log());
    assertEquals(130, process.exitValue(), log());
    assertTrue(log().contains("--resume goes on"), log());
    assertTrue(Files.exists(run.resolve(RunFolder.CHECKPOINT)), log());
  }

  @Test
  void twoRunsOnOneFolderAreOneTooMany() throws IOException {
    recipe("steps: 3\n");
    try (RunFolder held = RunFolder.create(home.resolve("small"))) {
      Ran ran = distill();
      assertEquals(2, ran.code());
      assertTrue(ran.err().contains(held.path() + " free for this run"), ran.err());
      assertEquals(1, ran.err().lines().count(), ran.err());
    }
    assertEquals(0, distill().code());
    Ran again = distill();
    assertEquals(2, again.code());
    assertTrue(again.err().contains("holds a run already"), again.err());
    Ran resumed = distill("--resume", "--json");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(3, resumed.json().integer("steps"));
    Ran threads = distill("--resume", "--threads", 7);
    assertTrue(threads.err().contains("expected 2 threads"), threads.err());
  }

  @Test
  void aWrongKeyNamesTheNearest() throws IOException {
    recipe("optimiser: adam\n");
    Ran ran = distill();
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("'optimiser'; the nearest is 'optimizer'"), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertFalse(Files.exists(home.resolve("small")));
  }

  @Test
  void aRateThatDivergesNamesStepAndLayer() throws IOException {
    recipe("steps: 200\noptimizer: {adam: {rate: 1e6}}\n");
    Ran ran = distill();
    assertEquals(2, ran.code());
    assertTrue(
        ran.err().matches("(?s).*training diverged at step \\d+: the weights of '[wb]' grew.*"),
        ran.err());
    assertTrue(ran.err().contains("DIVERGED"), ran.err());
    assertEquals(1, ran.err().lines().filter(l -> l.contains("diverged")).count(), ran.err());
  }
}
