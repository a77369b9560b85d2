/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.HostMachine;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.recipe.Gate;
import dev.sagui.run.DataSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumedSearchIT {
  private static final long LIMIT_SECONDS = 240;
  private static final int ENOUGH = 3;

  /** For no more than the model as it came. */
  private static final Duration LITTLE = Duration.ofMillis(1);

  @TempDir Path home;

  private Path model = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void writeModel() throws IOException {
    model = TestModels.write(twoLayers(), home.resolve("two.onnx"));
    out = home.resolve("out");
  }

  private static ModelProto twoLayers() {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}))
            .addInitializer(TestModels.weights("a", 1, 64, 256))
            .addInitializer(TestModels.weights("b", 2, 256))
            .addInitializer(TestModels.weights("c", 3, 256, 64))
            .addInitializer(TestModels.weights("d", 4, 64))
            .addNode(TestModels.node("Gemm", "h", "x", "a", "b"))
            .addNode(TestModels.node("Relu", "r", "h"))
            .addNode(TestModels.node("Gemm", "y", "r", "c", "d")));
  }

  /** The search that is killed, in a process of its own: MODEL OUT. */
  public static void main(String[] args) throws IOException {
    search(Path.of(args[0]), Path.of(args[1]), Progress.NONE);
  }

  private static Fitting search(Path model, Path out, Progress progress) throws IOException {
    return search(model, out, Duration.ofMinutes(30), progress);
  }

  private static Fitting search(Path model, Path out, Duration allowance, Progress progress)
      throws IOException {
    Search.Demand demand =
        new Search.Demand(
            List.of(HostMachine.profile()),
            Limits.common(new Gate("sqnr", 38)),
            Preference.SPEED,
            new Workbench.Settings(7, Map.of("", DataSpec.parse("latent:normal:0:64")), 1),
            allowance);
    return Search.run(model, demand, out, progress);
  }

  @Test
  @Tag("slow")
  void whatWasKilledGoesOnFromWhatItHadMade() throws Exception {
    Process process = started();
    awaitMade(process);
    process.destroyForcibly().waitFor();
    assertFalse(Files.exists(out), "killed too late");
    spoil("fp32");
    Map<String, FileTime> before = made();
    before.remove("fp32");
    List<String> told = new ArrayList<>();
    Map<String, String> records = records();
    Map<String, String> recordsAfter = new HashMap<>();
    Progress progress =
        (what, part) -> {
          told.add(what);
          recordsAfter.putAll(records());
        };
    Fitting resumed = search(model, out, progress);
    Fitting straight = search(model, home.resolve("straight"), Progress.NONE);
    assertTrue(names(resumed).containsAll(before.keySet()), before.toString());
    for (Attempt attempt : resumed.tried()) { // whether int4 pays is measured, and may differ
      straight.tried().stream()
          .filter(other -> other.name().equals(attempt.name()))
          .forEach(other -> assertAlike(other, attempt));
    }
    for (Variant variant : resumed.variants(out)) {
      String name = variant.name().value();
      assertTrue(Files.size(variant.golden()) > 0, name);
      Path other = home.resolve("straight").resolve(name).resolve("model.onnx");
      if (Files.exists(other)) { // the front goes by times
        assertEquals(-1, Files.mismatch(variant.files().get(0), other), name);
      }
      if (before.containsKey(name)) {
        assertEquals(
            before.get(name),
            Files.getLastModifiedTime(variant.files().get(0)),
            name + " was made anew: " + records.get(name) + " became " + recordsAfter.get(name));
      }
    }
    assertTrue(before.keySet().stream().noneMatch(name -> isMade(name, told)), told.toString());
    assertEquals(List.of("out", "straight", "two.onnx"), entries());
  }

  /** What says of each thing that is complete what made it, and its files' digests. */
  private Map<String, String> records() {
    Map<String, String> records = new HashMap<>();
    for (String name : left()) {
      try {
        Path record = Search.workFolder(out).resolve(name + ".json");
        records.put(name, Files.readString(record));
      } catch (IOException e) {
        records.put(name, "it went: " + e);
      }
    }
    return records;
  }

  private static void assertAlike(Attempt straight, Attempt resumed) {
    assertEquals(straight.quality(), resumed.quality());
    assertEquals(straight.bytes(), resumed.bytes());
  }

  /** As a cut of the power may: a file is there, its bytes are not. */
  private void spoil(String name) throws IOException {
    Path golden = Search.workFolder(out).resolve(name).resolve("golden.safetensors");
    assertTrue(Files.size(golden) > 0);
    Files.writeString(golden, "");
  }

  /** A step of it was told of. */
  private static boolean isMade(String name, List<String> told) {
    return told.stream().anyMatch(what -> what.startsWith(name + ": "));
  }

  @Test
  void twoSearchesIntoOneFolderAreOneTooMany() throws IOException {
    Progress second =
        (what, part) -> {
          RejectedException refused =
              assertThrows(RejectedException.class, () -> search(model, out, Progress.NONE));
          assertTrue(String.valueOf(refused.getMessage()).contains("under way"));
          throw new CancellationException();
        };
    assertThrows(CancellationException.class, () -> search(model, out, second));
  }

  @Test
  void whoWasFrozenTouchesNothingOfWhatWasTakenFromIt() throws Exception {
    Path next = Files.createDirectories(home.resolve("next")).resolve("out");
    List<Fitting> done = new ArrayList<>();
    List<String> told = new ArrayList<>();
    Progress frozen =
        (what, part) -> {
          if (done.isEmpty() && !left().isEmpty()) {
            takeOver(next);
            done.add(next(next, told));
          }
        };
    assertThrows(Exception.class, () -> search(model, out, LITTLE, frozen)); // its files are gone
    assertEquals(List.of("fp32"), names(done.get(0)));
    assertFalse(isMade("fp32", told), told.toString());
    assertFalse(Files.exists(out));
    try (var all = Files.list(home.resolve("next"))) {
      assertEquals(List.of(next), all.toList());
    }
  }

  private List<String> left() {
    try {
      return Search.left(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void takeOver(Path next) {
    try {
      Search.takeOver(out, next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Fitting next(Path next, List<String> told) {
    try {
      return search(model, next, LITTLE, (what, part) -> told.add(what));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process started() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            ResumedSearchIT.class.getName(),
            model.toString(),
            out.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("log").toFile())
        .start();
  }

  private void awaitMade(Process process) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (made().size() < ENOUGH) {
      assertTrue(
          process.isAlive() && System.nanoTime() < end, Files.readString(home.resolve("log")));
      TimeUnit.MILLISECONDS.sleep(5);
    }
    Files.delete(home.resolve("log"));
  }

  /** Variants that are complete, with the time at which their model was written. */
  private Map<String, FileTime> made() {
    try {
      Map<String, FileTime> made = new HashMap<>();
      for (String name : left()) {
        Path file = Search.workFolder(out).resolve(name).resolve("model.onnx");
        if (Files.exists(file)) {
          made.put(name, Files.getLastModifiedTime(file));
        }
      }
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Fitting fitting) {
    return fitting.tried().stream().map(attempt -> attempt.name().value()).toList();
  }

  private List<String> entries() throws IOException {
    try (var all = Files.list(home)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
