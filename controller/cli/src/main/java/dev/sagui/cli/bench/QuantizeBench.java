/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Models through our recipes beside onnxruntime's and nncf's quantizers. */
final class QuantizeBench implements Benchmark {
  private static final List<String> NOTES =
      List.of(
          "Each cell: bytes of the fp32 files, latency to fp32 (one thread, runs in turns, ratio of"
              + " 10th percentiles), SQNR over all outputs of the held-out samples, the kind's own"
              + " number.",
          "Both sides calibrate on the same samples and are judged on others; every file runs in"
              + " the ONNX Runtime that Sagui ships, without session options.",
          "Peer of a line of ours: the best in dB of the peers' files that are as small and as fast"
              + " (within 5 %) and above 10 dB, else as small; each method has a line below.",
          "pc = per channel, rr = reduce_range, op17 = the model was brought to opset 17 first, as"
              + " the tool fails without; ort static = QDQ, u8 activations, s8 weights, ranges by"
              + " minimum and maximum unless it says percentile; nncf-ptq with its overflow fix;"
              + " floor-w8 = plain rounding of weights to int8 per channel, no tool.",
          "Short forms: a written file opens in ONNX Runtime, passes the ONNX checker (with --peer) and"
              + " has the bytes and the dB of its report; a refusal ends with 2 or 3 and says why.",
          "Of the calibration file our command takes every second sample, the peers all; PP-OCR det: dB"
              + " depends on the pages, see floor-w8, which changes the weights alone.",
          "Targets were set on a CPU with AVX2 without VNNI.");

  private static final List<String> OF_VOICES =
      List.of(
          NOTES.get(0),
          NOTES.get(1),
          NOTES.get(2),
          NOTES.get(3),
          "mel: log-mel distance in nepers, frame by frame, with the reference's durations and without"
              + " noise; length: to the reference's, with its own durations. The dB tell of drifting"
              + " phases, not of quality.",
          NOTES.get(NOTES.size() - 1));

  private final String name;
  private final String summary;
  private final String title;
  private final Workshop workshop;
  private final boolean withPeer;
  private final Consumer<String> progress;
  private final Map<String, Supplier<QuantizeSubject>> subjects = new LinkedHashMap<>();
  private final TableParts table;

  /** Whether models are taken through every short form too. */
  private boolean forms = true;

  private QuantizeBench(
      String name,
      String title,
      String summary,
      Workshop workshop,
      boolean withPeer,
      Consumer<String> progress) {
    this.name = name;
    this.title = title;
    this.summary = summary;
    this.workshop = workshop;
    this.withPeer = withPeer;
    this.progress = progress;
    this.table = new TableParts(progress);
  }

  static QuantizeBench generators(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    QuantizeBench bench =
        new QuantizeBench(
            "quantize",
            "Quantization: generators and super-resolution",
            "int8 and 4-bit generators beside onnxruntime's quantizer and nncf",
            workshop,
            withPeer,
            progress);
    QuantizeGenerators generators = new QuantizeGenerators(workshop);
    bench.subjects.put("VAE decoder", generators::decoder);
    bench.subjects.put("DCGAN", generators::dcgan);
    bench.subjects.put("ESRGAN-slim x2", generators::superResolution);
    return bench;
  }

  static QuantizeBench text(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    QuantizeBench bench =
        new QuantizeBench(
            "quantize-text",
            "Quantization: a sentence encoder",
            "MiniLM in int8 and 4 bit beside onnxruntime's quantizer and nncf",
            workshop,
            withPeer,
            progress);
    bench.subjects.put("MiniLM", new QuantizeText(workshop)::miniLm);
    return bench;
  }

  static QuantizeBench ocr(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    QuantizeBench bench =
        new QuantizeBench(
            "quantize-ocr",
            "Quantization: PP-OCR",
            "PP-OCR's three nets in int8 beside onnxruntime's quantizer and nncf",
            workshop,
            withPeer,
            progress);
    QuantizeOcr ocr = new QuantizeOcr(workshop);
    bench.subjects.put("PP-OCRv3 det", ocr::detector);
    bench.subjects.put("PP-OCRv3 rec", ocr::recognizer);
    bench.subjects.put("PP-OCR cls", ocr::classifier);
    return bench;
  }

  static QuantizeBench speech(Workshop workshop, boolean withPeer, Consumer<String> progress) {
    QuantizeBench bench =
        new QuantizeBench(
            "quantize-speech",
            "Quantization: a voice",
            "a Piper voice in fewer bits beside onnxruntime's quantizer",
            workshop,
            withPeer,
            progress);
    bench.subjects.put("Piper voice", new QuantizeSpeech(workshop)::voice);
    bench.forms = false; // each takes minutes; the slow tests have them
    return bench;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public Table run(LocalDate today) {
    Optional<QuantizePeers> peers =
        withPeer ? Optional.of(QuantizePeers.install(workshop, progress)) : Optional.empty();
    subjects.forEach((what, subject) -> table.part(what, () -> part(what, subject.get(), peers)));
    return table.table(
        this,
        title,
        today,
        TableParts.peerOption(withPeer),
        Optional.of(peers.map(QuantizePeers::versions).orElse("no peer")),
        forms ? NOTES : OF_VOICES);
  }

  private void part(String what, QuantizeSubject subject, Optional<QuantizePeers> peers) {
    table.addAll(new QuantizeDuel(workshop, peers, subject, progress).rows());
    if (forms) {
      table.add(new QuantizeForms(workshop, peers, progress).row(what, subject.model()));
    }
  }
}
