/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.Ran.sagui;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Ran;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a report promises for a Raspberry Pi is what the instructions of its CPU compute, on hosts
 * whose kernels saturate too.
 */
@Tag("slow")
class ArmArithmeticIT {
  private static final String TOOL = "../../deploy/qemu/arm64-java";
  private static final Path ROOT = Path.of("target/assets/arm64");
  private static final String DATA = "latent:normal:0:64";
  private static final double NEAR_DB = 0.2;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "raspberry-pi-4, cortex-a72, int8",
    "raspberry-pi-5, cortex-a76, int8",
    "raspberry-pi-4, cortex-a72, dynamic",
    "raspberry-pi-5, cortex-a76, dynamic",
    "raspberry-pi-5, cortex-a76, int4",
  })
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void thePromiseHoldsOnTheDevice(String profile, String cpu, String form)
      throws IOException, InterruptedException {
    prepare();
    Path model = form.equals("int8") ? Ran.VAE_DECODER : products();
    Path out = folder.resolve("out");
    Ran ran =
        sagui(
            "compress",
            model,
            "--quantize",
            form,
            "--profile",
            profile,
            "--data",
            DATA,
            "--out",
            out,
            "--json");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.json().objects("steps", step -> step).get(1).flag("changed"), ran.out());
    double promised = ran.json().object("quality").number("sqnr_db");
    double kept = onDevice(cpu, model, out.resolve("model.onnx"));
    assertEquals(promised, kept, NEAR_DB);
  }

  private Path products() throws IOException {
    return TestModels.write(TrapModels.RARE_CHANNELS.model(), folder.resolve("products.onnx"));
  }

  private static void prepare() throws InterruptedException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/qemu-aarch64-static")),
        "skipped: no qemu-aarch64-static on this machine; install qemu-user-static");
    try {
      Path log = Files.createDirectories(ROOT.getParent()).resolve("arm64.log");
      Process process =
          new ProcessBuilder(TOOL, "prepare", ROOT.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean done = process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
      process.destroy();
      Assumptions.assumeTrue(done, "skipped: arm64 packages of Debian cannot be had, see " + log);
    } catch (IOException e) {
      Assumptions.abort("skipped: arm64 packages cannot be unpacked here: " + e.getMessage());
    }
  }

  private static double onDevice(String cpu, Path model, Path compressed)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(TOOL, "run", ROOT.toString(), cpu));
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(Score.class.getName(), model.toString(), compressed.toString(), DATA));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
    return Double.parseDouble(told.strip().replace("sqnr ", ""));
  }
}
