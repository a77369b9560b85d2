/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of the guide run. */
class PruningGuideIT {
  private static final Path GUIDE = Path.of("../../deploy/docs/pruning.md");
  private static final Path MODEL = Path.of("../../deploy/demo/models/fashion-vae-decoder.onnx");
  private static final Pattern RECIPE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void everyRecipeOfTheGuideRuns() throws IOException {
    List<String> recipes =
        RECIPE.matcher(Files.readString(GUIDE)).results().map(found -> found.group(1)).toList();
    assertFalse(recipes.isEmpty());
    for (int i = 0; i < recipes.size(); i++) {
      Path recipe = Files.writeString(folder.resolve(i + ".yaml"), recipes.get(i));
      StringWriter err = new StringWriter();
      String[] command = {
        "compress", MODEL.toString(), "--recipe", recipe.toString(), "--out", folder + "/" + i
      };
      int code = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), command);
      assertEquals(0, code, recipes.get(i) + err);
    }
  }
}
