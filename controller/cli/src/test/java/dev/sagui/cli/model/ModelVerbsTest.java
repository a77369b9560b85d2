/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.Ran.sagui;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelVerbsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"inspect", "compress", "fit", "compare", "profile"})
  void everyVerbHasHelpWithAnExample(String verb) {
    Ran ran = sagui(verb, "--help");
    assertEquals(0, ran.code());
    assertTrue(ran.out().contains("Example:\n  sagui " + verb), ran.out());
    assertTrue(ran.out().contains("--json"), ran.out());
    assertTrue(ran.out().contains("--quiet"), ran.out());
    assertEquals("", ran.err());
  }

  @Test
  void inspectTellsInputsAndParameters() {
    Ran ran = sagui("inspect", Ran.VAE_DECODER);
    assertEquals(0, ran.code());
    assertTrue(ran.out().contains("z FLOAT [batch, 32]"), ran.out());
    assertTrue(ran.out().contains("208,293"), ran.out());
    assertEquals("", ran.err());
  }

  @Test
  void inspectGivesOneJsonDocument() {
    Ran ran = sagui("inspect", Ran.ESRGAN, "--json");
    assertEquals(0, ran.code());
    assertEquals(12, ran.json().object("operators").integer("Conv"));
    assertEquals(13, ran.json().object("opsets").integer("ai.onnx"));
    assertEquals(891_012, ran.json().integer("bytes"));
    assertTrue(ran.json().integer("flops") > 400_000_000);
    assertEquals("", ran.err());
  }

  @Test
  void fitRefusesWhatItDoesNotKnow() {
    Path out = folder.resolve("out");
    assertBadInput(sagui("fit", Ran.VAE_DECODER, "--profile", "toaster", "--out", out), "toaster");
    assertBadInput(sagui("fit", Ran.VAE_DECODER, "--prefer", "beauty", "--out", out), "quality");
    assertBadInput(sagui("fit", Ran.VAE_DECODER, "--floor", "p95=3", "--out", out), "psnr, sqnr");
    assertBadInput(sagui("fit", Ran.VAE_DECODER, "--minutes", "0", "--out", out), "minutes");
    assertBadInput(sagui("fit", "none.onnx", "--out", out), "none.onnx");
    assertFalse(Files.exists(out));
  }

  @Test
  void whatNoVariantKeepsExitsWithThreeAndTheNearest() {
    Path out = folder.resolve("out");
    Ran ran =
        sagui(
            "fit",
            Ran.VAE_DECODER,
            "--budget",
            "flash=9kB",
            "--minutes",
            "0.0001",
            "--json",
            "--data",
            "latent:normal:0:16",
            "--out",
            out);
    assertEquals(3, ran.code(), ran.err());
    assertEquals("fp32", ran.json().objects("choices", c -> c.string("nearest")).get(0));
    assertTrue(Files.exists(out.resolve("fit.html")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"inspect", "compress", "compare"})
  void missingModelIsBadInput(String verb) {
    Ran ran =
        switch (verb) {
          case "compress" ->
              sagui(verb, "none.onnx", "--store", "int8", "--out", folder.resolve("out"));
          case "compare" -> sagui(verb, Ran.VAE_DECODER, "none.onnx");
          default -> sagui(verb, "none.onnx");
        };
    assertBadInput(ran, "none.onnx");
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @Test
  void badModelsAreRefusedInOneSentence() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model at all");
    assertBadInput(sagui("inspect", text), "NOT_ONNX");
    Path empty = Files.createFile(folder.resolve("empty.onnx"));
    assertBadInput(sagui("inspect", empty, "--json"), "EMPTY_FILE");
    byte[] half = java.util.Arrays.copyOf(Files.readAllBytes(Ran.VAE_DECODER), 400_000);
    Path cut = Files.write(folder.resolve("cut.onnx"), half);
    assertBadInput(
        sagui("compress", cut, "--store", "int8", "--out", folder.resolve("out")),
        "TRUNCATED_MODEL");
    assertEquals(List.of("cut.onnx", "empty.onnx", "text.onnx"), names());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "--store int3                     ~ fp16, int8",
        "--quantize int3                  ~ auto, int8, dynamic, int4",
        "--prune 1                        ~ from 0 to below 1",
        "--sparsify 1                     ~ from 0 to below 1",
        "--sparsify 0.9999                ~ leaves weight",
        "--threshold -1                   ~ a threshold of 0 or more",
        "--threshold 1000                 ~ zeroes all of weight",
        "--store int8 --budget flash      ~ NAME=LIMIT",
        "--store int8 --budget psnr=3     ~ flash, ram, p95",
        "--store int8 --floor psnr=x      ~ a number for psnr",
        "--store int8 --profile toaster   ~ raspberry-pi-5",
        "--store int8 --data latent:7     ~ latent:normal:SEED:N",
        "--store int8 --data q=random:1:2 ~ no input is named",
        "--store int8 --threads 0         ~ --threads of 1 or more",
        "--store int8 --threads x         ~ --threads",
        "--stoer int8                     ~ --store",
        "--recipe nowhere.yaml            ~ nowhere.yaml",
        "--seed 1                         ~ --store int8|fp16, or --recipe FILE",
      })
  void badUsageIsNamedAndNothingIsWritten(String options, String expected) throws IOException {
    Object[] arguments =
        Stream.concat(
                Stream.of("compress", Ran.VAE_DECODER, "--out", folder.resolve("out")),
                Stream.of(options.split(" ")))
            .toArray();
    assertBadInput(sagui(arguments), expected);
    assertEquals(List.of(), names());
  }

  @Test
  void recipeThatIsPrintedCanBeRead() throws IOException {
    Ran printed =
        sagui(
            "compress",
            "m.onnx",
            "--store",
            "fp16",
            "--seed",
            "7",
            "--floor",
            "psnr=40",
            "--data",
            "latent:normal:7:64",
            "--print-recipe");
    assertEquals(0, printed.code());
    Path file = Files.writeString(folder.resolve("recipe.json"), printed.out());
    Ran again = sagui("compress", "m.onnx", "--recipe", file, "--print-recipe");
    assertEquals(printed.out(), again.out());
  }

  @Test
  void aFloorOfSqnrIsTheBarOfQuantization() {
    Ran ran =
        sagui("compress", "m.onnx", "--quantize", "auto", "--floor", "sqnr=22", "--print-recipe");
    assertEquals(22, ran.json().objects("steps", f -> f).get(1).object("quantize").number("sqnr"));
  }

  @Test
  void profileShowsThisMachineAndKnownBoards() {
    assertTrue(sagui("profile").out().contains("this-machine"));
    Ran ran = sagui("profile", "--show", "raspberry-pi-zero-2-w", "--json");
    assertEquals(536_870_912, ran.json().integer("ram_bytes"));
    assertBadInput(sagui("profile", "--show", "toaster"), "UNKNOWN_PROFILE");
  }

  @Test
  void noVerbAndUnknownVerbAreBadUsage() {
    assertEquals(2, sagui().code());
    Ran ran = sagui("inspekt");
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("inspect"), ran.err());
  }

  private static void assertBadInput(Ran ran, String expected) {
    assertEquals(2, ran.code(), ran.err());
    assertEquals("", ran.out());
    assertTrue(ran.err().contains(expected), ran.err());
    assertTrue(ran.err().startsWith("sagui: "), ran.err());
    assertFalse(ran.err().contains("\tat "), ran.err());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
