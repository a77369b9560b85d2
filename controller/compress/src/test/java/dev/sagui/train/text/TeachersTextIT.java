/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.train.net.Layers;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeachersTextIT {
  private static final int TOKENS = 10;

  @TempDir Path folder;
  private OnnxModel counts;

  /**
   * Says that after each token the next number comes, of ten; a third of the time the one after.
   */
  @BeforeEach
  void writeModel() throws IOException {
    double[] scores = new double[TOKENS * TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      for (int j = 0; j < TOKENS; j++) {
        scores[i * TOKENS + j] = j == (i + 1) % TOKENS ? 10 : j == (i + 2) % TOKENS ? 9.3 : -10;
      }
    }
    Layers net = new Layers(1);
    String table =
        net.constant("table", TensorValues.floats(List.of((long) TOKENS, (long) TOKENS), scores));
    net.input("ids", ElementType.INT32, Layers.BATCH, Layers.LENGTH);
    net.named("logits", dev.sagui.onnx.NodeBuilder.of("Gather").inputs(table, "ids"));
    net.output("logits", ElementType.FLOAT, Layers.BATCH, Layers.LENGTH, TOKENS);
    Path file = folder.resolve("counts.onnx");
    ModelWriter.writeOne(net.build("counts", Map.of()), file);
    counts = OnnxModel.open(file).runnable();
  }

  private static TeachersText parsed(String text) {
    return TeachersText.parse(Keys.parse("written: " + text, "test"));
  }

  private LongBuffer written(TeachersText text, long seed, String file) throws IOException {
    LanguageModel net = LanguageModel.find(counts).orElseThrow();
    Map<String, DataSpec> data =
        text.of(counts, net).data(counts, net, seed, folder.resolve(file), Progress.NONE);
    Samples samples = Samples.of(counts, data);
    assertEquals(text.texts(), samples.count());
    java.nio.IntBuffer ids = samples.first(samples.count()).get(0).data().asIntBuffer();
    LongBuffer all = LongBuffer.allocate(ids.remaining());
    while (ids.hasRemaining()) {
      all.put(ids.get());
    }
    return all.flip();
  }

  @Test
  void textsBeginAnywhereAndGoOnAsTheTeacherSays() throws IOException {
    LongBuffer ids = written(parsed("{texts: 40, length: 8}"), 7, "one");
    Set<Long> first = new HashSet<>();
    int skipped = 0;
    for (int text = 0; text < 40; text++) {
      first.add(ids.get(text * 8));
      for (int place = 1; place < 8; place++) {
        long step =
            Math.floorMod(ids.get(text * 8 + place) - ids.get(text * 8 + place - 1), TOKENS);
        assertTrue(step == 1 || (step == 2 && place > 3), "step of " + step + " at " + place);
        skipped += step == 2 ? 1 : 0;
      }
    }
    assertTrue(first.size() > 5, "" + first);
    assertEquals(160 / 3, skipped, 20);
  }

  @Test
  void sameSeedGivesTheSameTexts() throws IOException {
    TeachersText text = parsed("{texts: 5, length: 12, temperature: 2}");
    assertEquals(written(text, 3, "a"), written(text, 3, "b"));
    assertTrue(!written(text, 3, "c").equals(written(text, 4, "d")));
  }

  @Test
  void lengthFollowsFromTheModelAndIsToldAfterwards() throws IOException {
    LanguageModel net = LanguageModel.find(counts).orElseThrow();
    TeachersText text = parsed("{texts: 3}").of(counts, net);
    assertEquals(64, text.length().orElseThrow());
    assertEquals(text, TeachersText.parse(Keys.of(text.json(), "test")));
    RejectedException e = assertThrows(RejectedException.class, () -> parsed("{length: 1}"));
    assertTrue(e.getMessage().contains("length"), e.getMessage());
  }
}
