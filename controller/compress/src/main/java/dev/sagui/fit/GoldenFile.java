/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Inputs with the outputs that a variant gave here, for a device to repeat. */
final class GoldenFile {
  static final String NAME = "golden.safetensors";
  static final long SEED = 7;
  static final int BATCH = 2;

  private GoldenFile() {}

  static Path write(OnnxModel variant, Samples samples, Path folder) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    try (OrtModel session = OrtModel.open(variant.file(), 1)) {
      List<Tensor> inputs = samples.first(BATCH);
      inputs.forEach(input -> tensors.add(input.named("in:" + input.name())));
      session.run(inputs).forEach(output -> tensors.add(output.named("out:" + output.name())));
    }
    return Files.write(folder.resolve(NAME), Safetensors.write(tensors));
  }
}
