/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FitterIT {
  @TempDir Path folder;

  @Test
  void vaeDecoderKeepsItsPicturesAtAQuarterOfTheBytes() throws IOException {
    List<Variant> variants = fit(DemoModels.VAE_DECODER);
    long original = Files.size(DemoModels.VAE_DECODER);
    assertEquals(List.of("fp32", "fp16", "int8"), names(variants));
    assertTrue(variants.get(0).identical());
    assertTrue(Files.size(variants.get(1).files().get(0)) < 0.52 * original);
    assertTrue(Files.size(variants.get(2).files().get(0)) < 0.29 * original);
    assertTrue(variants.get(1).psnrDb() > 70, "fp16 " + variants.get(1).psnrDb());
    assertTrue(variants.get(2).psnrDb() > 35, "int8 " + variants.get(2).psnrDb());
  }

  @Test
  void dcganKeepsItsPicturesAtAQuarterOfTheBytes() throws IOException {
    List<Variant> variants = fit(DemoModels.DCGAN);
    long original = Files.size(DemoModels.DCGAN);
    assertTrue(Files.size(variants.get(2).files().get(0)) < 0.29 * original);
    assertTrue(variants.get(1).psnrDb() > 60, "fp16 " + variants.get(1).psnrDb());
    assertTrue(variants.get(2).psnrDb() > 35, "int8 " + variants.get(2).psnrDb());
  }

  @Test
  void superResolutionWithFreeHeightAndWidthRunsInEachForm() throws IOException {
    List<Variant> variants = fit(DemoModels.ESRGAN);
    assertTrue(variants.get(1).psnrDb() > 50, "fp16 " + variants.get(1).psnrDb());
    assertTrue(variants.get(2).psnrDb() > 30, "int8 " + variants.get(2).psnrDb());
  }

  @Test
  void asIsVariantHasTheBytesOfTheModel() throws IOException {
    Variant fp32 = fit(DemoModels.VAE_DECODER).get(0);
    assertEquals(-1, Files.mismatch(DemoModels.VAE_DECODER, fp32.files().get(0)));
  }

  @Test
  void goldenFileHoldsWhatTheVariantItselfGives() throws IOException {
    for (Variant variant : fit(DemoModels.VAE_DECODER)) {
      List<Tensor> golden = Safetensors.parse(Files.readAllBytes(variant.golden()));
      assertEquals(List.of("in:z", "out:image"), golden.stream().map(Tensor::name).toList());
      assertEquals(List.of(2L, 32L), golden.get(0).shape());
      try (OrtModel session = OrtModel.open(OnnxModel.open(variant.folder()).file(), 1)) {
        Tensor output = session.run(List.of(golden.get(0).named("z"))).get(0);
        assertArrayEquals(golden.get(1).floats(), output.floats());
      }
    }
  }

  private List<Variant> fit(Path model) throws IOException {
    List<Variant> variants = new Fitter().variants(model, folder.resolve("out"), Progress.NONE);
    return variants;
  }

  private static List<String> names(List<Variant> variants) {
    return variants.stream().map(v -> v.name().value()).toList();
  }
}
