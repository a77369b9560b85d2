/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quality.ImageLayout;
import dev.sagui.quality.ModelKind;
import dev.sagui.quality.PictureGrid;
import dev.sagui.quality.audio.WaveFile;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model gives for the same few inputs each time: a grid of pictures, above that of a
 * reference where there is one, or a waveform as a WAV file. Of other outputs nothing is shown.
 */
public final class OutputSheet implements SampleSheet {
  private static final int SHOWN = 32;

  private final List<Tensor> inputs;
  private final Optional<List<Tensor>> reference;
  private final int sampleRate;

  private OutputSheet(List<Tensor> inputs, Optional<List<Tensor>> reference, int sampleRate) {
    this.inputs = inputs;
    this.reference = reference;
    this.sampleRate = sampleRate;
  }

  /**
   * @param samples of the model's inputs, of which the first are shown
   * @param reference a teacher, for example, which takes the same
   * @param sampleRate of waveforms, hertz
   */
  public static OutputSheet of(Samples samples, Optional<OnnxModel> reference, int sampleRate)
      throws IOException {
    List<Tensor> inputs = samples.first(SHOWN);
    return new OutputSheet(
        inputs,
        reference.isPresent() ? Optional.of(run(reference.get(), inputs)) : Optional.empty(),
        sampleRate);
  }

  private static List<Tensor> run(OnnxModel model, List<Tensor> inputs) throws IOException {
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      return session.run(inputs);
    }
  }

  @Override
  public void write(OnnxModel model, Path file) throws IOException {
    List<Tensor> outputs = run(model, inputs);
    ModelKind kind = ModelKind.of(model.facts(), inputs, outputs);
    if (kind == ModelKind.IMAGE) {
      pictures(outputs.get(0), file);
    } else if (kind == ModelKind.AUDIO && outputs.get(0).type() == DataType.FP32) {
      Files.write(named(file, "wav"), WaveFile.of(outputs.get(0).floats(), sampleRate));
    }
  }

  private void pictures(Tensor made, Path file) throws IOException {
    PictureGrid grid = new PictureGrid();
    String step = file.getFileName().toString().toUpperCase(Locale.ROOT);
    if (reference.isPresent() && ImageLayout.of(reference.get().get(0).shape()).isPresent()) {
      grid.add("TEACHER", reference.get().get(0));
    }
    grid.add(step, made);
    grid.write(named(file, "png"));
  }

  private static Path named(Path file, String extension) {
    return file.resolveSibling(file.getFileName() + "." + extension);
  }
}
