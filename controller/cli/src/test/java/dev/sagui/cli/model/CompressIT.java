/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.Ran.sagui;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Main;
import dev.sagui.cli.Ran;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressIT {
  @TempDir Path folder;

  @Test
  void compressedModelComparesWell() {
    Path out = folder.resolve("out");
    Ran ran =
        sagui(
            "compress",
            Ran.VAE_DECODER,
            "--store",
            "int8",
            "--out",
            out,
            "--floor",
            "psnr=35",
            "--profile",
            "raspberry-pi-zero-2-w",
            "--json");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.err().contains("ram budget is an estimate"), ran.err());
    assertEquals("raspberry-pi-zero-2-w", ran.json().string("profile"));
    Path picture = folder.resolve("both.png");
    Ran compared = sagui("compare", Ran.VAE_DECODER, out, "--picture", picture, "--json");
    assertEquals(0, compared.code(), compared.err());
    assertTrue(compared.json().object("quality").number("psnr_db") > 35);
    assertTrue(compared.json().number("bytes_ratio") < 0.3);
    assertTrue(Files.exists(picture));
  }

  @Test
  void picturesOfAFolderJudgeAnUpSampler() throws IOException {
    Path faces = Files.createDirectory(folder.resolve("faces"));
    for (int size : new int[] {12, 16}) {
      BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
      image.setRGB(size / 2, size / 3, 0xFFAA20);
      ImageIO.write(image, "png", faces.resolve(size + ".png").toFile());
    }
    Ran ran =
        sagui("compare", Ran.ESRGAN, Ran.ESRGAN, "--data", "images:" + faces + ":0..255", "--json");
    assertEquals(0, ran.code(), ran.err());
    assertEquals(2, ran.json().object("quality").integer("samples"));
    assertEquals("", ran.err().lines().filter(l -> l.contains("noise")).findAny().orElse(""));
    Ran missing = sagui("compare", Ran.ESRGAN, Ran.ESRGAN, "--data", "images:nowhere");
    assertEquals(2, missing.code());
    assertTrue(missing.err().contains("at nowhere, found nothing"), missing.err());
  }

  @Test
  void modelComparedWithItselfIsIdentical() {
    Ran ran = sagui("compare", Ran.VAE_DECODER, Ran.VAE_DECODER, "--json");
    assertTrue(ran.json().object("quality").flag("identical"));
    assertFalse(ran.json().object("quality").has("psnr_db"));
  }

  @Test
  void missedFloorEndsWithThreeAndKeepsTheReport() throws IOException {
    Path out = folder.resolve("out");
    Ran ran =
        sagui("compress", Ran.VAE_DECODER, "--store", "int8", "--out", out, "--floor", "psnr=90");
    assertEquals(3, ran.code());
    assertTrue(ran.err().contains("gate missed: psnr"), ran.err());
    assertEquals(List.of("report.html", "report.json"), names(out));
  }

  @Test
  void missedBudgetEndsWithThree() {
    Ran ran =
        sagui(
            "compress",
            Ran.VAE_DECODER,
            "--store",
            "fp16",
            "--out",
            folder.resolve("out"),
            "--budget",
            "flash=300kB",
            "--quiet");
    assertEquals(3, ran.code());
    assertEquals("", ran.err());
  }

  @Test
  void noiseIsSaidToBeWeak() {
    Ran ran = sagui("compress", Ran.ESRGAN, "--store", "int8", "--out", folder.resolve("out"));
    assertEquals(0, ran.code());
    assertTrue(ran.err().contains("noise"), ran.err());
  }

  @Test
  void interruptLeavesNothing() throws Exception {
    Path out = folder.resolve("out");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "compress",
                Ran.ESRGAN.toString(),
                "--store",
                "int8",
                "--data",
                "random:1:20000",
                "--out",
                out.toString())
            .redirectErrorStream(true)
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (names(folder).isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertEquals(1, names(folder).size(), "writes to a hidden sibling");
    new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
    assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    assertEquals(130, child.exitValue());
    assertEquals(List.of(), names(folder));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
