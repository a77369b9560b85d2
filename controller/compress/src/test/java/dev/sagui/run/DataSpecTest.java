/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSpecTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "latent:normal:7:512",
        "latent:uniform:0:3",
        "random:-4:16",
        "random:1:2:0.0..255.0",
        "latent:uniform:1:2:0.0..2.0",
        "npz:in.npz",
        "npz:some/a:b.npz:12",
        "npy:in",
        "images:faces",
        "images:faces:nhwc:-1..1:64",
        "idx:train.gz:-0.5..0.5",
        "text:lines.txt:100",
        "values:0.667,1,0.8"
      })
  void textComesBack(String text) {
    assertEquals(text, DataSpec.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "latent:7:5",
        "latent:normal:x:5",
        "latent:normal:1:0",
        "random:1:2:5..1",
        "images:",
        "images:a:nchw:nhwc",
        "images:a:5..1",
        "npz:a:nchw",
        "text:a:0..1",
        "idx:a:0",
        "values:",
        "values:1,,2",
        "video:a",
        "latent:normal:1:2:0..1",
        "random:1:2:0..0.1.2"
      })
  void otherTextIsRefusedWithWhatIsUnderstood(String text) {
    RejectedException e = assertThrows(RejectedException.class, () -> DataSpec.parse(text));
    assertEquals(FailureCode.BAD_REQUEST, e.code());
    assertTrue(
        e.getMessage().contains("latent:normal:SEED:N") || e.getMessage().contains("LOW..HIGH"));
  }

  @Test
  void samplesDoNotDependOnTheBatch() throws IOException {
    Samples samples = Samples.of(facts(), DataSpec.parse("latent:normal:7:40"));
    List<Float> batched = new ArrayList<>();
    samples.forEachBatch(
        batch -> {
          for (float value : batch.get(0).floats()) {
            batched.add(value);
          }
        });
    float[] whole = samples.first(40).get(0).floats();
    assertEquals(40 * 8, whole.length);
    for (int i = 0; i < whole.length; i++) {
      assertEquals(whole[i], batched.get(i));
    }
  }

  @Test
  void seedNamesTheSameValuesEverywhere() throws IOException {
    Tensor one = Samples.of(facts(), DataSpec.parse("latent:normal:7:2")).first(2).get(0);
    Tensor other = Samples.of(facts(), DataSpec.parse("latent:normal:7:9")).first(2).get(0);
    assertArrayEquals(one.floats(), other.floats());
    assertEquals((float) new java.util.Random(7).nextGaussian(), one.floats()[0]);
  }

  @Test
  void specForAnInputThatIsNotThereIsRefused() throws IOException {
    ModelFacts facts = facts();
    assertThrows(
        RejectedException.class,
        () -> Samples.of(facts, Map.of("nope", DataSpec.parse("random:1:2"))));
    assertThrows(RejectedException.class, () -> Samples.of(facts, Map.of()));
  }

  private ModelFacts facts() throws IOException {
    return OnnxModel.open(TestModels.write(TestModels.linear(8, 4, 1), folder.resolve("m.onnx")))
        .facts();
  }
}
