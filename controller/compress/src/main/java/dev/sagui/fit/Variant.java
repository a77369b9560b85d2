/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import java.nio.file.Path;
import java.util.List;

/**
 * A model in one form, measured.
 *
 * @param name fp32, fp16, int8, or what a user calls it
 * @param files the model's own, the {@code .onnx} first; all lie in {@code folder}
 * @param bytes on flash: these files and the golden file
 * @param psnrDb against the model as it came; +∞ when identical
 * @param golden safetensors file with tensors {@code in:NAME} and {@code out:NAME}
 * @param p50Millis of one sample on this machine, one thread
 */
public record Variant(
    ArtifactName name,
    Path folder,
    List<Path> files,
    long bytes,
    double psnrDb,
    boolean identical,
    Path golden,
    double p50Millis) {
  public Variant {
    files = List.copyOf(files);
  }
}
