/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The generators of the demo: seeded latents calibrate and judge, of different seeds. */
final class QuantizeGenerators {
  private static final long CALIBRATION_SEED = 1000;
  private static final long JUDGING_SEED = 99;
  private static final int CALIBRATION = 256;
  private static final int JUDGED = 64;

  private static final List<String> PEERS =
      List.of(
          "floor-w8",
          "ort-static-pc",
          "ort-static-pc-rr",
          "ort-percentile-pc-rr",
          "ort-dynamic-u8",
          "nncf-ptq",
          "nncf-w8");

  private final Workshop workshop;

  QuantizeGenerators(Workshop workshop) {
    this.workshop = workshop;
  }

  QuantizeSubject decoder() {
    return subject(
        "VAE decoder",
        "fashion-vae-decoder.onnx",
        QuantizeTargets.size(31).latency(0.52, 0.43).sqnr(40),
        QuantizeTargets.size(15).latency(1.05, 1.05).sqnr(30));
  }

  QuantizeSubject dcgan() {
    return subject(
        "DCGAN",
        "fashion-dcgan-generator.onnx",
        QuantizeTargets.size(30).latency(0.50, 0.42).sqnr(38),
        QuantizeTargets.size(15).latency(1.05, 1.05).sqnr(25));
  }

  /** On drawn pictures of 64 × 64. */
  QuantizeSubject superResolution() {
    Path model = workshop.root().resolve("deploy/demo/models/esrgan-slim-x2.onnx");
    List<List<Tensor>> judged = pictures(JUDGING_SEED, 8);
    return new QuantizeSubject(
        "ESRGAN-slim x2",
        model,
        NpzFile.write(workshop.scratch().resolve("slim.npz"), pictures(CALIBRATION_SEED, 16)),
        judged,
        List.of(new QuantizeSubject.Timed("", judged.get(0))),
        (Supplier<QuantizeMeasure>) QuantizePairs::psnr,
        List.of(
            QuantizeRecipes.staticInt8(47, QuantizeTargets.size(27).latency(0.61).sqnr(45)),
            QuantizeRecipes.storeInt8(1),
            QuantizeRecipes.storeInt4(QuantizeTargets.NONE.latency(1.05))),
        PEERS);
  }

  /** Runs of one drawn picture each. */
  static List<List<Tensor>> pictures(long seed, int count) {
    QuantizePictures pictures = new QuantizePictures(seed);
    List<List<Tensor>> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runs.add(List.of(QuantizePixels.rows("LR_nhwc", pictures.scene(64, 64))));
    }
    return runs;
  }

  private QuantizeSubject subject(
      String title, String file, QuantizeTargets fast, QuantizeTargets small) {
    Path model = workshop.root().resolve("deploy/demo/models").resolve(file);
    Path npz = workshop.scratch().resolve(file.replace(".onnx", ".npz"));
    List<List<Tensor>> judged = latents(model, JUDGING_SEED, JUDGED, 16);
    List<Tensor> one = latents(model, JUDGING_SEED, 1, 1).get(0);
    return new QuantizeSubject(
        title,
        model,
        NpzFile.write(npz, latents(model, CALIBRATION_SEED, CALIBRATION, 1)),
        judged,
        List.of(
            new QuantizeSubject.Timed("", one),
            new QuantizeSubject.Timed("at batch 16", judged.get(0))),
        (Supplier<QuantizeMeasure>) QuantizePairs::psnr,
        List.of(
            QuantizeRecipes.staticInt8(fast),
            QuantizeRecipes.storeInt8(2),
            QuantizeRecipes.storeInt4(small)),
        PEERS);
  }

  /** Runs of {@code batch} samples each. */
  static List<List<Tensor>> latents(Path model, long seed, int count, int batch) {
    try {
      Samples samples = Samples.of(OnnxModel.open(model).facts(), DataSpec.latents(seed, count));
      List<List<Tensor>> runs = new ArrayList<>();
      samples.forEachBatch(run -> runs.addAll(QuantizeRuns.split(run, batch)));
      return runs;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + model + " failed: " + e.getMessage(), e);
    }
  }
}
