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
import dev.sagui.run.OrtModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real models, each inspected, folded, and compared with itself. */
@Tag("slow")
class AssetsIT {
  /** External data is aligned, and named in the message. */
  private static final double MAX_GROWTH = 1.001;

  private static final double MAX_ERROR = 1e-3;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fashion-vae-decoder",
        "fashion-vae-encoder",
        "fashion-dcgan-generator",
        "esrgan-slim-x2"
      })
  void modelsOfTheDemo(String name) {
    passes(Path.of("../../deploy/demo/models", name + ".onnx"));
  }

  @ParameterizedTest
  @MethodSource("dev.sagui.cli.model.Assets#ocrNets")
  void netsOfPpOcr(String name) throws IOException, InterruptedException {
    passes(Assets.ocr(name), "--data", "random:1:2");
  }

  @Test
  void miniLm() throws IOException, InterruptedException {
    passes(Assets.miniLm(), "--data", "random:1:2");
  }

  @Test
  void miniLmThatItsVendorQuantized() throws IOException, InterruptedException {
    Path model = Assets.miniLmInt8();
    passes(model, "--data", "random:1:2");
    String told = sagui("inspect", model).out();
    assertTrue(told.contains("quantized already"), told);
  }

  @Test
  void voiceOfPiper() throws IOException, InterruptedException {
    Path voice = Assets.voice();
    // without its noise: that is drawn by a node's place in the graph, and folding moves nodes
    Path scales = Files.createDirectory(folder.resolve("scales"));
    Files.write(scales.resolve("scales.npy"), rows(new float[][] {{0, 1, 0}, {0, 1, 0}}));
    passes(voice, "--data", "random:1:2", "--data", "scales=npy:" + scales);
  }

  /** A matrix in NumPy's format, version 1.0. */
  private static byte[] rows(float[][] values) {
    String shape = "(%d, %d)".formatted(values.length, values[0].length);
    String about = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }".formatted(shape);
    byte[] header = "%-117s\n".formatted(about).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length + 4 * values.length * values[0].length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) header.length).put(header);
    for (float[] row : values) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }

  private void passes(Path model, String... data) {
    Fields inspected = ok(ran(data, "inspect", model, "--json")).json();
    assertTrue(inspected.integer("flops") > 1_000_000, "FLOPs");
    Path out = folder.resolve("out");
    Fields folded = ok(ran(data, "compress", model, "--fold", "--out", out, "--json")).json();
    Fields step = folded.objects("steps", f -> f).get(0);
    assertFalse(step.flag("reverted"), step.string("reason"));
    assertTrue(
        folded.object("output").integer("bytes")
            <= MAX_GROWTH * folded.object("input").integer("bytes"),
        "bytes");
    same(folded.object("quality"));
    try (OrtModel session = OrtModel.open(out.resolve("model.onnx"), 1)) {
      assertEquals(inspected.objects("outputs", f -> f).size(), session.outputs().size());
    }
    same(ok(ran(data, "compare", out, out, "--json")).json().object("quality"));
  }

  /** The same outputs but for rounding; relative measures mean nothing where a net sees no text. */
  private static void same(Fields quality) {
    double error = quality.number("largest_error");
    assertTrue(error < MAX_ERROR, "largest error " + error);
  }

  private static Ran ran(String[] data, Object... verb) {
    List<Object> words = new java.util.ArrayList<>(List.of(verb));
    words.add("--quiet");
    if (!verb[0].equals("inspect")) {
      words.addAll(List.of(data));
    }
    return sagui(words.toArray());
  }

  private static Ran ok(Ran ran) {
    assertEquals(0, ran.code(), ran.err());
    return ran;
  }
}
