/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.quality.NominalRange;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The demo's generators: seeded latents or drawn pictures calibrate, of other seeds judge. */
final class PruneSubjects {
  private static final long CALIBRATION_SEED = 1000;
  private static final long JUDGING_SEED = 999;
  private static final int LATENTS = 256;

  /** Layers of 1,600 columns make their Gram matrices slow. */
  private static final int PICTURES = 8;

  private static final int PIXELS = 64;

  private final Workshop workshop;

  PruneSubjects(Workshop workshop) {
    this.workshop = workshop;
  }

  QuantizeSubject decoder() {
    return latents("VAE decoder", "fashion-vae-decoder.onnx", new NominalRange(0, 1));
  }

  QuantizeSubject dcgan() {
    return latents("DCGAN", "fashion-dcgan-generator.onnx", new NominalRange(-1, 1));
  }

  private QuantizeSubject latents(String title, String file, NominalRange range) {
    Path model = demo(file);
    Path npz = workshop.scratch().resolve(file.replace(".onnx", ".npz"));
    List<List<Tensor>> judged = QuantizeGenerators.latents(model, JUDGING_SEED, LATENTS, 16);
    List<Tensor> one = QuantizeGenerators.latents(model, JUDGING_SEED, 1, 1).get(0);
    return new QuantizeSubject(
        title,
        model,
        NpzFile.write(npz, QuantizeGenerators.latents(model, CALIBRATION_SEED, LATENTS, 1)),
        judged,
        List.of(
            new QuantizeSubject.Timed("", one),
            new QuantizeSubject.Timed("at batch 16", judged.get(0))),
        () -> QuantizePairs.psnr(range),
        List.of(),
        List.of());
  }

  /** On drawn pictures of 64 × 64. */
  QuantizeSubject superResolution() {
    List<List<Tensor>> judged = QuantizeGenerators.pictures(JUDGING_SEED, PICTURES);
    Path npz = workshop.scratch().resolve("prune-slim.npz");
    return new QuantizeSubject(
        "ESRGAN-slim x2",
        demo("esrgan-slim-x2.onnx"),
        NpzFile.write(npz, QuantizeGenerators.pictures(CALIBRATION_SEED, PICTURES)),
        judged,
        List.of(new QuantizeSubject.Timed("", judged.get(0))),
        () -> QuantizePairs.psnr(new NominalRange(0, 255)),
        List.of(),
        List.of());
  }

  QuantizeSubject detector() {
    return new QuantizeOcr(workshop).detector();
  }

  /** White noise of 0..255 in place of pictures. */
  static List<List<Tensor>> noise() {
    SplittableRandom random = new SplittableRandom(JUDGING_SEED);
    List<List<Tensor>> runs = new ArrayList<>();
    for (int run = 0; run < PICTURES; run++) {
      float[] values = new float[PIXELS * PIXELS * 3];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(256);
      }
      runs.add(List.of(Tensor.of("LR_nhwc", values, 1, PIXELS, PIXELS, 3)));
    }
    return runs;
  }

  private Path demo(String file) {
    return workshop.root().resolve("deploy/demo/models").resolve(file);
  }
}
