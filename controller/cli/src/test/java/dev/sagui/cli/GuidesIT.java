/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes of the guides run. */
class GuidesIT {
  private static final Path GUIDES = Path.of("../../deploy/docs");
  private static final Pattern RECIPE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"quantization.md, 4", "pruning.md, 6", "training.md, 2"})
  void everyRecipeRuns(String guide, int count) throws IOException {
    List<String> recipes =
        RECIPE
            .matcher(Files.readString(GUIDES.resolve(guide)))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertEquals(count, recipes.size());
    for (int i = 0; i < recipes.size(); i++) {
      Path recipe = Files.writeString(folder.resolve(i + ".yaml"), recipes.get(i));
      Ran ran =
          Ran.sagui(
              "compress", Ran.VAE_DECODER, "--recipe", recipe, "--out", folder.resolve("" + i));
      assertEquals(0, ran.code(), recipes.get(i) + ran.err());
    }
  }
}
