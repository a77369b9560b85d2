/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DemoModels;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quality.Comparison;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SensitiveSharesIT {
  private static final DataSpec DATA = DataSpec.parse("latent:normal:5:128");

  @TempDir Path folder;

  private record Pruned(double sqnrDb, double density) {}

  private static SparsityOptions options(double ratio, Scope scope, Pattern pattern) {
    return new SparsityOptions(
        ratio, Criterion.SPARSEGPT, scope, pattern, Repair.LEAST_SQUARES, 1, Set.of());
  }

  private Pruned pruned(OnnxModel model, SparsityOptions options) throws IOException {
    try (Scratch scratch = Scratch.create()) {
      Samples seen = Samples.of(model.facts(), DATA).forCalibration();
      SparsityData data = new SparsityData(Optional.of(seen), scratch, 1);
      SparseModel result = Sparsification.apply(model, options, data, Progress.NONE);
      Path out = Files.createTempDirectory(folder, "out");
      ModelWriter.write(result.model(), out, Progress.NONE);
      Samples unseen = Samples.of(model.facts(), DATA).forJudging();
      double sqnr =
          Comparison.of(model, OnnxModel.open(out), unseen, "", 1, Progress.NONE)
              .quality()
              .sqnrDb();
      long elements = result.weights().stream().mapToLong(PrunedWeight::elements).sum();
      long zeros = result.weights().stream().mapToLong(PrunedWeight::zeros).sum();
      return new Pruned(sqnr, 1 - (double) zeros / elements);
    }
  }

  @ParameterizedTest
  @CsvSource({"fashion-vae-decoder.onnx,1", "fashion-dcgan-generator.onnx,0.1"})
  void keepsMoreThanOneShareForAllAtTheSameDensity(String name, double leastDb) throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER.resolveSibling(name)).runnable();
    Pruned same = pruned(model, options(0.8, Scope.LAYER, Pattern.UNSTRUCTURED));
    Pruned chosen = pruned(model, options(0.8, Scope.SENSITIVITY, Pattern.UNSTRUCTURED));
    assertEquals(0.2, chosen.density(), 1e-3);
    assertEquals(same.density(), chosen.density(), 1e-3);
    assertTrue(chosen.sqnrDb() > same.sqnrDb() + leastDb, chosen + ", one share: " + same);
  }

  @Test
  void aPatternThatSaysTheShareIsRefused() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER).runnable();
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> pruned(model, options(0.5, Scope.SENSITIVITY, Pattern.parse("2:4"))));
    assertTrue(e.getMessage().contains("leave one of them out"), e.getMessage());
  }
}
