/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import dev.sagui.train.folder.RunResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The demo's net for larger pictures learns to enlarge handwritten digits of 14 x 14 pixels. */
final class EnlargedDigits {
  static final int LEARNT = 160;
  static final int JUDGED = 200;
  static final int STEPS = 200;
  private static final int SIDE = Digits.SIDE;
  private static final int HALF = SIDE / 2;
  private static final int COLOURS = 3;

  private final Path model;
  private final Path folder;
  private final Path learnt;
  private final Path judged;

  EnlargedDigits(Workshop workshop, Digits digits) {
    model = workshop.root().resolve("deploy/demo/models/esrgan-slim-x2.onnx");
    folder = workshop.folder("enlarged");
    learnt = NpzFile.write(folder.resolve("learnt.npz"), samples(digits.drawn(0, LEARNT, 0)));
    judged = NpzFile.write(folder.resolve("judged.npz"), samples(digits.held(JUDGED)));
  }

  Row row(String method) {
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("base", model.toString());
    recipe.put("data", "npz:" + learnt);
    recipe.put("targets", "npz:" + learnt);
    recipe.put("held-out", "npz:" + judged);
    recipe.put("held-out-targets", "npz:" + judged);
    recipe.put("method", method);
    recipe.put("optimizer", DigitsTrial.rate(3e-4));
    recipe.put("batch", 16);
    recipe.put("steps", STEPS);
    Path run = folder.resolve(method);
    RunResult result = DigitsTrial.transferred(run, recipe);
    Map<?, ?> before = (Map<?, ?>) result.facts().getOrDefault("before", Map.of());
    double old = before.get("psnr_db") instanceof Double db ? db : Double.NaN;
    double reached = result.best().orElseThrow().value();
    String text = String.format(Locale.ROOT, "%.2f dB, %.0f s", reached, result.seconds());
    return Row.judged(
        "ESRGAN-slim x2 to digits, method " + method,
        text + adapter(run.resolve("adapter.safetensors")),
        String.format(Locale.ROOT, "as it is: %.2f dB", old),
        List.of(Goal.atLeast(reached - old, 0.01, "%.2f dB better than as it is")));
  }

  private static String adapter(Path file) {
    try {
      return Files.exists(file) ? ", adapter %,d bytes".formatted(Files.size(file)) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<List<Tensor>> samples(List<byte[]> digits) {
    List<List<Tensor>> samples = new ArrayList<>();
    for (byte[] digit : digits) {
      float[] whole = new float[SIDE * SIDE * COLOURS];
      float[] half = new float[HALF * HALF * COLOURS];
      for (int i = 0; i < whole.length; i++) {
        int pixel = i / COLOURS;
        whole[i] = digit[pixel] & 0xFF;
        int small = pixel / SIDE / 2 * HALF + pixel % SIDE / 2;
        half[small * COLOURS + i % COLOURS] += whole[i] / 4;
      }
      samples.add(
          List.of(
              Tensor.of("LR_nhwc", half, 1, HALF, HALF, COLOURS),
              Tensor.of("target", whole, 1, SIDE, SIDE, COLOURS)));
    }
    return samples;
  }
}
