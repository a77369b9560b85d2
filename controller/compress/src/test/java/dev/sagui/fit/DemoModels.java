/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import java.nio.file.Path;

/** The models that the demo ships, found from a module's folder. */
public final class DemoModels {
  private static final Path FOLDER = Path.of("../../deploy/demo/models");

  public static final Path VAE_DECODER = FOLDER.resolve("fashion-vae-decoder.onnx");
  public static final Path VAE_ENCODER = FOLDER.resolve("fashion-vae-encoder.onnx");
  public static final Path DCGAN = FOLDER.resolve("fashion-dcgan-generator.onnx");
  public static final Path ESRGAN = FOLDER.resolve("esrgan-slim-x2.onnx");

  private DemoModels() {}
}
