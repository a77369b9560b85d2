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
import dev.sagui.json.Fields;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every short form on every {@link TrapModels}: a result that is what it says, or one sentence. */
class QuantizeTrapsIT {
  private static final List<String> FORMS =
      List.of(
          "--quantize int8",
          "--quantize dynamic",
          "--quantize int4",
          "--quantize auto",
          "--store int8",
          "--store int4",
          "--store fp16");

  /** Its time cannot be told here, so that small models are not taken back for theirs. */
  private static final List<String> PI = List.of("--profile", "raspberry-pi-5");

  @TempDir Path folder;

  static Stream<Arguments> all() {
    return Arrays.stream(TrapModels.values())
        .flatMap(trap -> FORMS.stream().map(form -> Arguments.of(trap, form)));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("all")
  void nothingFailsSilently(TrapModels trap, String form) throws IOException {
    held(trap, form);
  }

  @ParameterizedTest
  @CsvSource({
    "QUANTIZED,   --quantize int8,    is quantized already (DequantizeLinear",
    "HALF,        --quantize int8,    are float16",
    "HALF,        --store int8,       are float16",
    "HALF_INSIDE, --quantize dynamic, are float16",
  })
  void whatHasNoFloat32WeightsIsRefused(TrapModels trap, String form, String told)
      throws IOException {
    Ran ran = held(trap, form);
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains(told), ran.err());
  }

  @ParameterizedTest
  @CsvSource({
    "NO_INITIALIZERS,     --quantize int8,    30, 0.4",
    "TIED_EMBEDDINGS,     --quantize dynamic, 12, 0.4",
    "TIED_EMBEDDINGS,     --quantize int4,    12, 0.3",
    "SHARED_BIAS,         --quantize int8,    28, 0.5",
    "COMPUTED_WEIGHT,     --quantize int8,    35, 0.8",
    "DYNAMIC_SHAPE,       --quantize int8,    25, 0.8",
    "EMPTY_PAST,          --quantize int8,    30, 0.9",
    "EMPTY_PAST,          --quantize dynamic, 15, 0.4",
    "CONSTANT_ACTIVATION, --quantize int8,    35, 0.7",
    "NEVER_FIRES,         --quantize int8,    35, 0.5",
    "RARE_CHANNELS,       --quantize dynamic, 25, 0.3",
    "NESTED,              --store int4,       15, 0.2",
    "LOOP,                --store int8,       25, 0.3",
    "TIED_EMBEDDINGS,     --store int8,       30, 0.4",
  })
  void whatCanBeQuantizedIs(TrapModels trap, String form, double sqnrDb, double share)
      throws IOException {
    Fields report = held(trap, form).json();
    double sqnr = report.object("quality").number("sqnr_db");
    assertTrue(sqnr >= sqnrDb, sqnr + " dB");
    double bytes = report.object("output").number("bytes");
    assertTrue(bytes <= share * report.object("input").number("bytes"), bytes + " bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "NESTED,        --quantize int8,    weights inside If are not quantized",
    "LOOP,          --quantize dynamic, weights inside Loop are not quantized",
    "RANDOM_INSIDE, --quantize int8,    RandomNormalLike draws other numbers",
    "NOT_A_NUMBER,  --quantize int8,    none of 2 layers could compute in integers",
    "GROWS,         --quantize int8,    was taken back: it grew from",
  })
  void whatIsLeftSaysWhy(TrapModels trap, String form, String told) throws IOException {
    Fields report = held(trap, form).json();
    assertTrue(report.object("quality").flag("identical"));
    List<Fields> steps = report.objects("steps", step -> step);
    assertTrue(steps.get(1).string("reason").contains(told), steps.get(1).string("reason"));
  }

  @ParameterizedTest
  @CsvSource({
    "RANDOM_INSIDE, --store int8, RandomNormalLike draws other numbers",
    "NOT_A_NUMBER,  --store int8, outputs are not finite on these samples",
    "LOOP,          --store int4, outputs keep only",
  })
  void poorOrUnknownQualityIsSaid(TrapModels trap, String form, String told) throws IOException {
    List<String> warnings = held(trap, form).json().strings("warnings");
    assertTrue(warnings.toString().contains(told), warnings.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "raspberry-pi-4, the CPU has no float16 arithmetic",
    "raspberry-pi-5, four times slower on a Raspberry Pi 5",
    "amd64-vnni,     no float16 kernels for x86",
  })
  void computingInFloat16IsRefusedWithTheReason(String profile, String told) {
    Path out = folder.resolve("out");
    Ran ran =
        sagui(
            "compress", Ran.VAE_DECODER, "--quantize", "fp16", "--profile", profile, "--out", out);
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains(told) && ran.err().contains("--store fp16"), ran.err());
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @CsvSource({"dynamic, 25", "int8, 25", "int4, 15"})
  void forceQuantizesWhatIsStillFloat(String form, double sqnrDb) throws IOException {
    assertTrue(held(TrapModels.QUANTIZED, "--quantize " + form).err().contains("with --force"));
    Fields report = held(TrapModels.QUANTIZED, "--quantize " + form + " --force").json();
    double sqnr = report.object("quality").number("sqnr_db");
    assertTrue(sqnr >= sqnrDb, sqnr + " dB");
    double bytes = report.object("output").number("bytes");
    assertTrue(bytes <= 0.35 * report.object("input").number("bytes"), bytes + " bytes");
  }

  /** On this machine's own profile its time tells. */
  @Test
  void whatRunsSlowerIsTakenBack() throws IOException {
    Path model = TestModels.write(TrapModels.SLOWER.model(), folder.resolve("m.onnx"));
    Ran ran =
        sagui("compress", model, "--quantize", "int8", "--out", folder.resolve("o"), "--json");
    Fields step = ran.json().objects("steps", each -> each).get(1);
    assertTrue(step.flag("reverted"));
    assertTrue(step.string("reason").contains("x its input's time"), step.string("reason"));
  }

  /** Runs a form, and holds what it wrote against its report. */
  private Ran held(TrapModels trap, String form) throws IOException {
    Path model = TestModels.write(trap.model(), folder.resolve("m.onnx"));
    Path out = folder.resolve("out");
    String data = data(trap);
    List<Object> words = new ArrayList<>(List.of("compress", model, "--out", out, "--json"));
    words.addAll(List.of(form.split(" ", -1)));
    words.addAll(form.startsWith("--quantize") ? PI : List.of());
    words.addAll(data.isEmpty() ? List.of() : List.of("--data", data));
    Ran ran = sagui(words.toArray());
    if (ran.code() == 2) {
      assertEquals(1, ran.err().lines().count(), ran.err());
      assertTrue(ran.err().startsWith("sagui: expected "), ran.err());
      assertFalse(Files.exists(out));
    } else {
      assertEquals(0, ran.code(), ran.err());
      Written.meets(ran.json(), out);
      finite(model, out.resolve("model.onnx"), data.isEmpty() ? "random:3:8" : data);
    }
    return ran;
  }

  /** Each output that is finite in the input model is in the written one. */
  private static void finite(Path model, Path written, String data) throws IOException {
    Samples samples = Samples.of(OnnxModel.open(model), Map.of("", DataSpec.parse(data)));
    try (OrtModel a = OrtModel.open(model, 1);
        OrtModel b = OrtModel.open(written, 1)) {
      samples.forEachBatch(
          batch -> {
            List<Tensor> expected = a.run(batch);
            List<Tensor> actual = b.run(batch);
            for (int i = 0; i < expected.size(); i++) {
              assertEquals(expected.get(i).shape(), actual.get(i).shape());
              if (expected.get(i).type() == DataType.FP32) {
                float[] from = expected.get(i).floats();
                float[] to = actual.get(i).floats();
                for (int k = 0; k < from.length; k++) {
                  assertEquals(Float.isFinite(from[k]), Float.isFinite(to[k]));
                }
              }
            }
          });
    }
  }

  private String data(TrapModels trap) throws IOException {
    if (trap != TrapModels.DYNAMIC_SHAPE) {
      return trap.data();
    }
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int size : new int[] {12, 15, 17, 20}) {
      BufferedImage picture = new BufferedImage(size, size + 3, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < size * size; i++) {
        picture.setRGB(i % size, i / size, (i % size * 7 << 16) | (i / size * 9 << 8) | i % 251);
      }
      ImageIO.write(picture, "png", pictures.resolve(size + ".png").toFile());
    }
    return "images:" + pictures;
  }
}
