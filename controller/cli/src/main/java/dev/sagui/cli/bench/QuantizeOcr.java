/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** PP-OCR's three nets on rendered texts. */
final class QuantizeOcr {
  private static final long CALIBRATION_SEED = 1;
  private static final long JUDGING_SEED = 2;
  private static final int LINES = 24;
  private static final String INPUT = "x";

  /** What storage in float16 keeps on single pages of the detector goes down to 23 dB. */
  private static final int SQNR_DB = 26;

  private static final List<String> PEERS =
      List.of(
          "floor-w8-op17",
          "ort-static-pc-rr-op17",
          "ort-percentile-pc-rr-op17",
          "ort-dynamic-s8-pc-rr-op17",
          "nncf-ptq-op17");

  private final Workshop workshop;

  QuantizeOcr(Workshop workshop) {
    this.workshop = workshop;
  }

  /** Pages of 480 × 480, timed at 320 × 320. */
  QuantizeSubject detector() {
    Tensor timed = net(new QuantizePictures(JUDGING_SEED).page(320), true);
    return subject(
        "PP-OCRv3 det",
        "ch_PP-OCRv3_det_infer",
        pages(CALIBRATION_SEED, 8, 480),
        pages(JUDGING_SEED, 4, 480),
        List.of(timed),
        QuantizeShares::maps,
        QuantizeTargets.size(29).latency(0.9).sqnr(24));
  }

  /** Lines of 48 × 320. */
  QuantizeSubject recognizer() {
    Function<QuantizePictures, BufferedImage> line = pictures -> pictures.line(320, 48, false);
    List<List<Tensor>> judged = runs(JUDGING_SEED, LINES, line, false);
    return subject(
        "PP-OCRv3 rec",
        "ch_PP-OCRv3_rec_infer",
        runs(CALIBRATION_SEED, 16, line, false),
        judged,
        judged.get(0),
        QuantizeShares::lines,
        QuantizeTargets.size(27).latency(1.0).own(0.958));
  }

  /** Lines of 48 × 192, half of them upside down. */
  QuantizeSubject classifier() {
    boolean[] turned = new boolean[1];
    Function<QuantizePictures, BufferedImage> line =
        pictures -> {
          turned[0] = !turned[0];
          return pictures.line(192, 48, turned[0]);
        };
    List<List<Tensor>> judged = runs(JUDGING_SEED, LINES, line, false);
    return subject(
        "PP-OCR cls",
        "ch_ppocr_mobile_v2.0_cls_infer",
        runs(CALIBRATION_SEED, 16, line, false),
        judged,
        judged.get(0),
        QuantizeShares::labels,
        QuantizeTargets.size(34).latency(1.0).own(0.958));
  }

  private QuantizeSubject subject(
      String title,
      String file,
      List<List<Tensor>> calibration,
      List<List<Tensor>> judged,
      List<Tensor> timed,
      Supplier<QuantizeMeasure> measure,
      QuantizeTargets targets) {
    Path model = OcrModel.fetch(workshop, file);
    return new QuantizeSubject(
        title,
        model,
        NpzFile.write(workshop.scratch().resolve(file + ".npz"), calibration),
        judged,
        List.of(new QuantizeSubject.Timed("", timed)),
        measure,
        List.of(
            QuantizeRecipes.storeAuto(SQNR_DB, targets),
            QuantizeRecipes.staticInt8(QuantizeTargets.NONE),
            QuantizeRecipes.storeInt8(1)),
        PEERS);
  }

  /** Runs of one square page each. */
  static List<List<Tensor>> pages(long seed, int count, int pixels) {
    return runs(seed, count, pictures -> pictures.page(pixels), true);
  }

  private static List<List<Tensor>> runs(
      long seed, int count, Function<QuantizePictures, BufferedImage> make, boolean page) {
    QuantizePictures pictures = new QuantizePictures(seed);
    List<List<Tensor>> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runs.add(List.of(net(make.apply(pictures), page)));
    }
    return runs;
  }

  private static Tensor net(BufferedImage image, boolean page) {
    return page
        ? QuantizePixels.planes(INPUT, image, QuantizePixels.MEAN, QuantizePixels.DEVIATION)
        : QuantizePixels.planes(INPUT, image, QuantizePixels.HALF, QuantizePixels.HALF);
  }
}
