/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Inputs with the outputs that a variant gave here, for a device to repeat. They lie beside the
 * model in its flash, so that they are few and small: two samples, one where two take more than a
 * twentieth of the model's bytes, and of one that still does the middle, where its size is free.
 */
final class GoldenFile {
  static final String NAME = "golden.safetensors";

  /** One whole sample, where the golden file has less: to be timed on, and not released. */
  static final String SAMPLE = "sample.safetensors";

  static final long SEED = 7;
  static final int BATCH = 2;
  private static final double MOST_SHARE = 0.05;

  /** Of a picture: what strides and windows divide, and what still has something in it. */
  private static final long STEP = 32;

  private static final long LEAST = 64;

  private final OrtModel session;
  private final List<ValueFacts> inputs;
  private final long mostBytes;

  private GoldenFile(OrtModel session, OnnxModel variant) throws IOException {
    this.session = session;
    this.inputs = variant.facts().inputs();
    this.mostBytes = (long) (MOST_SHARE * variant.sizeBytes());
  }

  static Path write(OnnxModel variant, Samples samples, Path folder) throws IOException {
    try (OrtModel session = OrtModel.open(variant.file(), 1)) {
      return new GoldenFile(session, variant).write(samples, folder);
    }
  }

  private Path write(Samples samples, Path folder) throws IOException {
    List<Tensor> two = samples.first(BATCH);
    byte[] golden = file(two);
    if (golden.length > mostBytes) {
      List<Tensor> one = samples.first(1);
      byte[] whole = file(one);
      golden = smaller(one, whole);
      if (golden.length < whole.length) {
        Files.write(folder.resolve(SAMPLE), whole);
      }
    }
    return Files.write(folder.resolve(NAME), golden);
  }

  private byte[] file(List<Tensor> in) {
    List<Tensor> tensors = new ArrayList<>();
    in.forEach(input -> tensors.add(input.named("in:" + input.name())));
    session.run(in).forEach(output -> tensors.add(output.named("out:" + output.name())));
    return Safetensors.write(tensors);
  }

  /** As small as need be, or as the model takes it. */
  private byte[] smaller(List<Tensor> sample, byte[] whole) {
    List<Tensor> now = sample;
    byte[] file = whole;
    try {
      while (file.length > mostBytes) {
        List<Tensor> half = now.stream().map(this::half).toList();
        if (half.equals(now)) {
          return file;
        }
        file = file(half);
        now = half;
      }
    } catch (RejectedException e) {
      // it does not take every size that it declares: the last that it took it is
    }
    return file;
  }

  /** The middle of a sample, in each direction that is free but the batch. */
  private Tensor half(Tensor whole) {
    List<Long> declared =
        inputs.stream()
            .filter(input -> input.name().equals(whole.name()))
            .findFirst()
            .map(ValueFacts::shape)
            .orElse(whole.shape());
    List<Long> shape =
        IntStream.range(0, whole.shape().size())
            .mapToObj(
                axis ->
                    axis > 0 && declared.get(axis) < 0
                        ? half(whole.shape().get(axis))
                        : whole.shape().get(axis))
            .toList();
    return shape.equals(whole.shape()) ? whole : Middle.of(whole, shape);
  }

  private static long half(long length) {
    long half = STEP * Math.round(length / 2.0 / STEP);
    return Math.min(length, Math.max(LEAST, half));
  }
}
