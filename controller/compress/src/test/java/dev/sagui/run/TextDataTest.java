/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.text.Tokenizer;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDataTest {
  private static final String VOCABULARY =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\ncafe\n!\n東\nασ\n";
  private static final String[] BERT = {
    "input_ids:INT64:b,s", "attention_mask:INT64:b,s", "token_type_ids:INT64:b,s"
  };

  @TempDir Path folder;
  private DataSpec spec;

  @BeforeEach
  void write() throws IOException {
    Path text = folder.resolve("lines.txt");
    Files.writeString(text, "Unaffable café!\n\n  \n東 ΑΣ\n");
    spec = DataSpec.parse("text:" + text);
  }

  @Test
  void vocabularyCutsWordsIntoTheLongestPieces() throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), VOCABULARY);
    Samples samples = samples(BERT);
    assertEquals(2, samples.count());
    List<long[]> ids = new ArrayList<>();
    samples.forEachBatch(batch -> ids.add(longs(batch.get(0))));
    assertArrayEquals(new long[] {2, 4, 5, 6, 7, 8, 3}, ids.get(0));
    assertArrayEquals(new long[] {2, 9, 10, 3}, ids.get(1));
    List<Tensor> first = samples.first(1);
    assertArrayEquals(new long[] {1, 1, 1, 1, 1, 1, 1}, longs(first.get(1)));
    assertArrayEquals(new long[7], longs(first.get(2)));
  }

  @Test
  void fixedLengthIsCutAndPadded() throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), VOCABULARY);
    Samples samples = samples("input_ids:INT32:b,5", "attention_mask:INT64:b,5");
    List<Tensor> both = samples.first(2);
    assertArrayEquals(new long[] {2, 4, 5, 6, 3, 2, 9, 10, 3, 0}, longs(both.get(0)));
    assertArrayEquals(new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 0}, longs(both.get(1)));
  }

  @Test
  void describedTokenizerIsReadAndOtherKindsAreRefused() throws IOException {
    Path described = folder.resolve("tokenizer.json");
    Files.writeString(
        described,
        "{\"normalizer\":{\"type\":\"BertNormalizer\",\"strip_accents\":null,\"lowercase\":false},"
            + "\"truncation\":{\"max_length\":4},\"model\":{\"type\":\"WordPiece\",\"vocab\":"
            + "{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"Un\":3,\"##aff\":4,\"##able\":5}}}");
    assertArrayEquals(new long[] {1, 3, 4, 2}, longs(samples(BERT).first(1).get(0)));
    Files.writeString(described, "{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}");
    RejectedException e = assertThrows(RejectedException.class, () -> samples(BERT));
    assertTrue(e.getMessage().contains("expected WordPiece"), e.getMessage());
  }

  /** Written and encoded by Hugging Face's tokenizers 0.23.3; the words of its training are few. */
  @Test
  void bytePairsAreJoinedAsTheirVocabularyLearnedThem() throws IOException {
    Files.copy(
        Path.of("src/test/resources/dev/sagui/run/text/bpe-digits.json"),
        folder.resolve("tokenizer.json"));
    Files.writeString(
        folder.resolve("lines.txt"),
        "the quick  brown dogs aren't 1234 hens\nGröße, 東京 über\tthe theme's 3.14!!\n");
    List<long[]> ids = new ArrayList<>();
    samples("input_ids:INT64:b,s").forEachBatch(batch -> ids.add(longs(batch.get(0))));
    assertArrayEquals(
        new long[] {
          0, 259, 273, 222, 310, 294, 79, 325, 309, 79, 274, 222, 18, 19, 20, 21, 308, 291, 1
        },
        ids.get(0));
    assertArrayEquals(
        new long[] {
          0, 328, 320, 13, 319, 300, 302, 318, 199, 259, 324, 8, 84, 222, 20, 15, 18, 21, 2, 2, 1
        },
        ids.get(1));
    Tokenizer tokenizer = Tokenizers.beside(folder.resolve("model.onnx"));
    String text = "the quick brown dogs 1234 hens";
    assertTrue(tokenizer.decode(tokenizer.encode(text, 99)).contains(text));
    long[] cut = longs(samples("input_ids:INT64:b,4").first(1).get(0));
    assertArrayEquals(new long[] {0, 259, 273, 1}, cut);
  }

  @Test
  void withoutTokenizerBytesAreIds() throws IOException {
    Files.writeString(folder.resolve("lines.txt"), "é");
    assertArrayEquals(
        new long[] {0xC3, 0xA9}, longs(samples("input_ids:INT64:b,s").first(1).get(0)));
  }

  @Test
  void voiceTakesPhonemes() throws IOException {
    Files.writeString(
        folder.resolve("m.onnx.json"),
        "{\"phoneme_id_map\":{\"_\":[0],\"^\":[1],\"$\":[2],\"a\":[14],\" \":[3],\"\u0303\":[20]}}");
    Files.writeString(folder.resolve("lines.txt"), "\u00e3 Xa\n");
    String[] inputs = {
      "input:INT64:batch_size,phonemes", "input_lengths:INT64:batch_size", "scales:FLOAT:3"
    };
    List<Tensor> sample = samples(inputs).first(1);
    long[] ids = {1, 0, 14, 0, 20, 0, 3, 0, 14, 0, 2};
    assertArrayEquals(ids, longs(sample.get(0)));
    assertArrayEquals(new long[] {ids.length}, longs(sample.get(1)));
    assertArrayEquals(new float[] {0, 1, 0}, sample.get(2).floats());
    OnnxModel model = Inputs.model(folder.resolve("m.onnx"), inputs);
    Map<String, DataSpec> noisy = Map.of("", spec, "scales", DataSpec.parse("values:0.667,1,0.8"));
    assertArrayEquals(
        new float[] {0.667f, 1, 0.8f}, Samples.of(model, noisy).first(1).get(2).floats());
  }

  @Test
  void textThatCannotServeIsRefused() throws IOException {
    RejectedException e = assertThrows(RejectedException.class, () -> samples("x:FLOAT:n,3"));
    assertTrue(e.getMessage().contains("expected an integer input"), e.getMessage());
    Files.write(folder.resolve("lines.txt"), new byte[] {'a', (byte) 0xFF, '\n'});
    e = assertThrows(RejectedException.class, () -> samples(BERT));
    assertTrue(e.getMessage().contains("not UTF-8"), e.getMessage());
    Files.writeString(folder.resolve("lines.txt"), "\n \n");
    e = assertThrows(RejectedException.class, () -> samples(BERT));
    assertTrue(e.getMessage().contains("holds no samples"), e.getMessage());
    Files.delete(folder.resolve("lines.txt"));
    assertThrows(RejectedException.class, () -> samples(BERT));
    assertThrows(RejectedException.class, () -> Samples.of(Inputs.facts(BERT), spec));
  }

  private Samples samples(String... inputs) throws IOException {
    return Samples.of(Inputs.model(folder.resolve("m.onnx"), inputs), Map.of("", spec));
  }

  private static long[] longs(Tensor tensor) {
    long[] values = new long[(int) tensor.shape().stream().reduce(1L, (a, b) -> a * b).longValue()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          tensor.type().bytes() == 8 ? tensor.data().getLong(8 * i) : tensor.data().getInt(4 * i);
    }
    return values;
  }
}
