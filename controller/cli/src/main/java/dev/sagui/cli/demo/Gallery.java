/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.OutputComparison;
import dev.sagui.quality.PictureGrid;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The same 64 latents as images: of the original model, and of each device. */
final class Gallery {
  private static final DataSpec LATENTS = DataSpec.latents(1, 64);

  private final List<Tensor> latents;
  private final List<Tensor> originals;
  private final PictureGrid grid = new PictureGrid();

  private Gallery(List<Tensor> latents, List<Tensor> originals) {
    this.latents = latents;
    this.originals = originals;
    add("original, fp32", originals);
  }

  /** Runs the original in this process. */
  static Gallery of(Path onnx) throws IOException {
    Samples samples = Samples.of(OnnxModel.open(onnx).facts(), LATENTS);
    Tensor all = samples.first(samples.count()).get(0);
    List<Tensor> latents = rows(all);
    try (OrtModel model = OrtModel.open(onnx, 1)) {
      return new Gallery(latents, latents.stream().map(z -> model.run(List.of(z)).get(0)).toList());
    }
  }

  int size() {
    return latents.size();
  }

  /** Asks a device for all images, {@code rounds} times over; the last round's. */
  List<Tensor> ask(InferenceClient device, String model, int rounds)
      throws IOException, InterruptedException {
    List<Tensor> images = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      images.clear();
      for (Tensor latent : latents) {
        images.add(device.infer(model, latent));
      }
    }
    return images;
  }

  /** Against the original, squared error pooled; infinity when equal. */
  double psnrDb(List<Tensor> images) {
    OutputComparison comparison = new OutputComparison(Optional.empty());
    comparison.add(originals, images);
    return comparison.result(images.size(), LATENTS.toString()).psnrDb();
  }

  void add(String title, List<Tensor> images) {
    grid.add(title, joined(images));
  }

  void write(Path png) throws IOException {
    grid.write(png);
  }

  private static List<Tensor> rows(Tensor batch) {
    int count = Math.toIntExact(batch.shape().get(0));
    int bytes = batch.data().remaining() / count;
    List<Long> shape = new ArrayList<>(batch.shape());
    shape.set(0, 1L);
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new Tensor(batch.name(), batch.type(), shape, batch.data().slice(i * bytes, bytes)));
    }
    return rows;
  }

  private static Tensor joined(List<Tensor> rows) {
    Tensor first = rows.get(0);
    ByteBuffer data = ByteBuffer.allocate(first.data().remaining() * rows.size());
    rows.forEach(row -> data.put(row.data()));
    List<Long> shape = new ArrayList<>(first.shape());
    shape.set(0, (long) rows.size());
    return new Tensor(first.name(), first.type(), shape, data.flip());
  }
}
