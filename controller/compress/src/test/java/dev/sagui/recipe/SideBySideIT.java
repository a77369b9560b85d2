/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.ModelKind;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideBySideIT {
  private static final int HZ = 22050;

  @TempDir Path folder;

  @Test
  void voicesArePlayedAndCutAfterFiveSeconds() throws IOException {
    String html = html(ModelKind.AUDIO, waves("Tanh"), waves("Sigmoid"));
    Matcher players = Pattern.compile("audio/wav;base64,([^\"]+)").matcher(html);
    int count = 0;
    for (; players.find(); count++) {
      byte[] wav = Base64.getDecoder().decode(players.group(1));
      assertEquals("RIFF", new String(wav, 0, 4, StandardCharsets.US_ASCII));
      assertEquals(44 + 2 * 5 * HZ, wav.length);
    }
    assertEquals(4, count);
    assertTrue(html.contains("alt=\"Spectrograms of before &lt;b&gt; and of after\""), html);
  }

  @Test
  void textsAreTheLikeliestTokens() throws IOException {
    String html =
        html(ModelKind.LANGUAGE, TestModels.linear(8, 90, 1), TestModels.linear(8, 90, 1));
    assertTrue(html.contains("the same after 1."), html);
    assertTrue(html.contains("<figcaption>after</figcaption><blockquote>"), html);
  }

  @Test
  void vectorsShowNothing() throws IOException {
    ModelProto any = TestModels.linear(8, 90, 1);
    assertEquals("", html(ModelKind.VECTOR, any, any));
  }

  private static ModelProto waves(String op) {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 1, 6 * HZ}))
            .addNode(TestModels.node(op, "y", "x"))
            .addOutput(TestModels.value("y", -1, 1, 6 * HZ)));
  }

  private String html(ModelKind kind, ModelProto before, ModelProto after) throws IOException {
    OnnxModel a = OnnxModel.open(TestModels.write(before, folder.resolve("a.onnx")));
    OnnxModel b = OnnxModel.open(TestModels.write(after, folder.resolve("b.onnx")));
    return new SideBySide(new SideBySide.Side("before <b>", a), new SideBySide.Side("after", b), 1)
        .html(kind, Samples.of(a.facts(), DataSpec.noise(1, 4)));
  }
}
