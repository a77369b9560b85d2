/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Ran;
import dev.sagui.json.Fields;
import dev.sagui.train.folder.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferIT {
  @TempDir Path home;

  private Path recipe(String text) throws IOException {
    return Files.writeString(home.resolve("other.yaml"), text);
  }

  @Test
  void anAutoencoderAdaptsToOtherPicturesAndGoesOnToTheSameBytes() throws IOException {
    Path pictures = Squares.write(home.resolve("squares.idx"), 80, 28);
    Path recipe =
        recipe(
            """
            base: %s
            encoder: %s
            data: idx:%s
            student: {flops: 0.5}
            batch: 16
            steps: 6
            score-every: 3
            """
                .formatted(
                    Ran.VAE_DECODER.toAbsolutePath(),
                    Ran.VAE_DECODER.resolveSibling("fashion-vae-encoder.onnx").toAbsolutePath(),
                    pictures));
    Ran ran = Ran.sagui("transfer", recipe, "--json", "--threads", 2);
    assertEquals(0, ran.code(), ran.err());
    Fields result = ran.json();
    assertEquals(6, result.integer("steps"));
    assertTrue(result.object("against_base").number("bytes_ratio") < 0.8, ran.out());
    Path run = home.resolve("other");
    Path model = run.resolve(RunFolder.MODEL);
    Ran compared = Ran.sagui("compare", Ran.VAE_DECODER, model, "--json");
    assertEquals(0, compared.code(), compared.err());
    assertTrue(Files.exists(run.resolve("encoder").resolve(RunFolder.MODEL)));
    Path chosen = run.resolve(RunFolder.RECIPE);
    String written = Files.readString(chosen);
    assertTrue(written.contains("encoder-student:"), written);
    assertEquals(3, written.split("widths:", -1).length, written);
    Ran again = Ran.sagui("transfer", chosen, "--out", home.resolve("again"), "--threads", 2);
    assertEquals(0, again.code(), again.err());
    assertArrayEquals(
        Files.readAllBytes(model),
        Files.readAllBytes(home.resolve("again").resolve(RunFolder.MODEL)));
  }

  @Test
  void lowRankUpdatesAreAModelAndAnAdapter() throws IOException {
    Path pictures = Squares.write(home.resolve("squares.idx"), 40, 28);
    Path recipe =
        recipe(
            """
            base: %s
            data: latent:normal:7:40
            targets: idx:%s
            method: lora
            rank: 2
            batch: 8
            steps: 5
            """
                .formatted(Ran.VAE_DECODER.toAbsolutePath(), pictures));
    Ran ran = Ran.sagui("transfer", recipe, "--json", "--threads", 1);
    assertEquals(0, ran.code(), ran.err());
    Path adapter = home.resolve("other/adapter.safetensors");
    Path model = home.resolve("other").resolve(RunFolder.MODEL);
    assertTrue(20 * Files.size(adapter) < Files.size(model), Files.size(adapter) + " bytes");
    Path merged = home.resolve("merged");
    Ran made =
        Ran.sagui("transfer", "--merge", adapter, Ran.VAE_DECODER, "--out", merged, "--json");
    assertEquals(0, made.code(), made.err());
    assertArrayEquals(
        Files.readAllBytes(model), Files.readAllBytes(Path.of(made.json().string("file"))));
    Ran other = Ran.sagui("transfer", "--merge", adapter, model, "--out", merged);
    assertEquals(2, other.code(), other.err());
    assertTrue(other.err().contains("trained on other weights"), other.err());
    assertEquals(1, other.err().lines().count(), other.err());
  }

  @Test
  void anAdapterThatIsNotThereIsOneSentence() {
    Path none = home.resolve("none.safetensors");
    Ran ran = Ran.sagui("transfer", "--merge", none, Ran.VAE_DECODER, "--out", home);
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("found none"), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
  }

  @Test
  void aMethodThatNobodyKnowsIsOneSentence() throws IOException {
    Ran ran = Ran.sagui("transfer", recipe("base: base.onnx\ndata: random:7:8\nmethod: loar\n"));
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("lora"), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
  }
}
