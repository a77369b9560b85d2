/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Main;
import dev.sagui.cli.Ran;
import dev.sagui.fit.Search;
import dev.sagui.onnx.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoppedFitIT {
  private static final long LIMIT_SECONDS = 240;

  @TempDir Path home;

  @Test
  void ctrlCLeavesNothingHalfDoneAndTheSameCommandGoesOn() throws Exception {
    Path model = TestModels.write(TestModels.linear(24, 24, 1), home.resolve("model.onnx"));
    Path out = home.resolve("out");
    Path log = home.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "fit",
                model.toString(),
                "--out",
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (Search.left(out).isEmpty()) {
      assertTrue(process.isAlive() && System.nanoTime() < end, Files.readString(log));
      TimeUnit.MILLISECONDS.sleep(5);
    }
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), Files.readString(log));
    assertEquals(130, process.exitValue(), Files.readString(log));
    assertTrue(Files.readString(log).contains("the same command goes on"), Files.readString(log));
    assertFalse(Files.exists(out));
    Files.delete(log);
    Ran again = Ran.sagui("fit", model, "--out", out, "--minutes", "0.0001");
    assertTrue(again.err().contains("resumes: a fit that was stopped left fp32"), again.err());
    try (var all = Files.list(home)) {
      assertEquals(List.of(model, out), all.sorted().toList());
    }
  }
}
