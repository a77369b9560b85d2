/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes of the guides run, those of trainings for a few steps. */
class GuidesIT {
  private static final Path GUIDES = Path.of("../../deploy/docs");
  private static final Pattern RECIPE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"quantization.md, 5", "pruning.md, 6", "training.md, 2"})
  void everyRecipeRuns(String guide, int count) throws IOException {
    List<String> recipes = recipes(guide, RECIPE);
    assertEquals(count, recipes.size());
    for (int i = 0; i < recipes.size(); i++) {
      Path recipe = Files.writeString(folder.resolve(i + ".yaml"), recipes.get(i));
      Ran ran =
          Ran.sagui(
              "compress", Ran.VAE_DECODER, "--recipe", recipe, "--out", folder.resolve("" + i));
      assertEquals(0, ran.code(), recipes.get(i) + ran.err());
    }
  }

  private static List<String> recipes(String guide, Pattern pattern) throws IOException {
    return pattern
        .matcher(Files.readString(GUIDES.resolve(guide)))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** With texts of this repository in the place of the guide's. */
  private Path training(String verb, String name) throws IOException {
    String recipe =
        recipes("training.md", Pattern.compile("```yaml " + verb + "\n(.*?)```", Pattern.DOTALL))
            .get(0);
    String here =
        recipe.replace("text:", "text:" + folder + "/").replaceAll("steps: \\d+", "steps: 20");
    return Files.writeString(folder.resolve(name), here);
  }

  @Test
  void aLanguageModelIsTrainedAndAdaptedAsTheGuideSays() throws IOException {
    Files.copy(Path.of("../../LICENSE"), folder.resolve("notes.txt"));
    Files.copy(GUIDES.resolve("training.md"), folder.resolve("letters.txt"));
    Ran trained = Ran.sagui("train", training("train", "notes.yaml"));
    assertEquals(0, trained.code(), trained.err());
    Ran adapted = Ran.sagui("transfer", training("transfer", "letters.yaml"), "--json");
    assertEquals(0, adapted.code(), adapted.err());
    double before = adapted.json().object("before").number("perplexity");
    double after = adapted.json().object("figures").number("perplexity");
    assertTrue(after < before, adapted.out());
    Path run = folder.resolve("letters");
    assertTrue(Files.size(run.resolve("samples/step-000020.txt")) > 0);
    Path merged = folder.resolve("merged");
    Path adapter = run.resolve("adapter.safetensors");
    Path base = folder.resolve("notes/model.onnx");
    Ran made = Ran.sagui("transfer", "--merge", adapter, base, "--out", merged);
    assertEquals(0, made.code(), made.err());
    assertEquals(-1, Files.mismatch(run.resolve("model.onnx"), merged.resolve("model.onnx")));
    Ran again = Ran.sagui("transfer", folder.resolve("letters.yaml"), "--resume", "--json");
    assertEquals(0, again.code(), again.err());
    assertEquals(after, again.json().object("figures").number("perplexity"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "full"})
  void aNetThatEnlargesPicturesIsAdaptedAsTheGuideSays(String method) throws IOException {
    Path models = Ran.ESRGAN.toAbsolutePath().getParent();
    Pages.write(folder, 16, 36);
    String here =
        recipes("training.md", Pattern.compile("```yaml pictures\n(.*?)```", Pattern.DOTALL))
            .get(0)
            .replace("images:", "images:" + folder + "/")
            .replace("base: ", "base: " + models + "/")
            .replace("lora", method)
            .replaceAll("steps: \\d+", "steps: 16");
    Path recipe = Files.writeString(folder.resolve("larger.yaml"), here);
    Ran ran = Ran.sagui("transfer", recipe, "--json");
    assertEquals(0, ran.code(), ran.err());
    double before = ran.json().object("before").number("psnr_db");
    double after = ran.json().object("best").number("value");
    assertTrue(after > before, ran.out());
    Path run = folder.resolve("larger");
    assertEquals(method.equals("lora"), Files.exists(run.resolve("adapter.safetensors")));
  }
}
