/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Releases of the model that doubles, of any length. */
final class DoublingModel {
  private DoublingModel() {}

  /** A signed release, with golden outputs of {@code factor} times the inputs. */
  static FakeController.Release release(
      FakeController fake, long sequence, Artifact model, float factor) {
    TensorInfo x = new TensorInfo("x", DataType.FP32, List.of(-1L, 4L));
    TensorInfo y = new TensorInfo("y", DataType.FP32, List.of(-1L, 4L));
    float[] in = {1, 2, 3, 4};
    float[] out = {factor, 2 * factor, 3 * factor, 4 * factor};
    Artifact golden =
        new Artifact(
            Safetensors.write(List.of(Tensor.of("in:x", in, 1, 4), Tensor.of("out:y", out, 1, 4))));
    synchronized (fake) {
      Manifest manifest =
          new Manifest(
              new ArtifactName("double"),
              new ArtifactName("v" + sequence),
              sequence,
              Instant.parse("2026-01-02T03:04:05Z"),
              List.of(new ArtifactName("raspberry-pi-5")),
              List.of(entry(fake, "model.onnx", model)),
              "model.onnx",
              List.of(x),
              List.of(y),
              entry(fake, "golden.safetensors", golden),
              1e-6,
              new Manifest.Limits(Double.POSITIVE_INFINITY, 1 << 20),
              Map.of());
      return fake.signed(manifest);
    }
  }

  private static FileEntry entry(FakeController fake, String name, Artifact file) {
    fake.keep(file);
    Digest chunks = fake.keep(file.tableBytes()).digest();
    return new FileEntry(name, file.digest(), file.bytes().length, chunks);
  }

  /** The model that doubles, longer by {@code chunks} chunks of a field that ONNX ignores. */
  static Artifact file(int chunks) throws IOException {
    byte[] model = RehearsalPlay.model();
    return new Artifact(
        chunks == 0
            ? model
            : RehearsalPlay.longer(model, Artifact.ofChunks(chunks, chunks).bytes()));
  }
}
