/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

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

class TrainIT {
  @TempDir Path home;

  @Test
  void anAutoencoderOfAFewStepsIsTwoModelsThatRun() throws IOException {
    Path recipe =
        Files.writeString(
            home.resolve("vae.yaml"),
            """
            net: {vae: {latent: 4, encoder: [8, 8], decoder: [8, 8, 8]}}
            data: idx:%s
            batch: 16
            steps: 6
            score-every: 3
            """
                .formatted(Squares.write(home.resolve("squares.idx"), 80, 16)));
    Ran ran = Ran.sagui("train", recipe, "--json", "--threads", 2);
    assertEquals(0, ran.code(), ran.err());
    Fields result = ran.json();
    assertEquals(6, result.integer("steps"));
    double best = result.object("best").number("value");
    String metric = result.object("best").string("metric");
    assertEquals(best, result.object("figures").number(metric), 1e-6 * Math.abs(best));
    Path run = home.resolve("vae");
    for (Path model :
        new Path[] {run.resolve(RunFolder.MODEL), run.resolve("encoder/model.onnx")}) {
      Ran opened = Ran.sagui("compare", model, model, "--data", "random:7:8", "--json");
      assertEquals(0, opened.code(), opened.err());
    }
    assertTrue(Files.size(run.resolve(RunFolder.PICTURE)) > 0);
    Ran resumed = Ran.sagui("train", recipe, "--resume", "--json");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(best, resumed.json().object("figures").number(metric), 1e-6 * Math.abs(best));
  }
}
