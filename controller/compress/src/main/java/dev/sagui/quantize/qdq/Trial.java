/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.fold.Scratch;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Parallel;
import dev.sagui.quality.OutputError;
import dev.sagui.quality.Tolerance;
import dev.sagui.quantize.Trials;
import dev.sagui.quantize.calibrate.Range;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Quantizes a model in one way or another and says how far its outputs are from the float model's,
 * on a few samples and in the arithmetic of the format.
 */
final class Trial {
  /** Outputs of the float model that are kept. */
  private static final long KEPT_BYTES = 64_000_000;

  /** While outputs are few, so many batches, else four. */
  private static final int BATCHES = 12;

  private static final long FEW_BYTES = 2_000_000;

  /** One batch of so many tells roughly. */
  private static final int ROUGH = 4;

  private final OnnxModel model;
  private final Int8Format format;
  private final NearestWeights nearest;
  private final boolean exact;
  private final int threads;
  private final Trials trials;
  private final List<List<Tensor>> inputs = new ArrayList<>();
  private final List<List<Tensor>> expected = new ArrayList<>();
  private final int skipped;
  private Optional<OutputError> whole = Optional.empty();

  /** On the first batches. */
  Trial(OnnxModel model, Int8Format format, Samples samples, Scratch scratch, int threads)
      throws IOException {
    this.model = model;
    this.format = format;
    this.nearest = new NearestWeights(format, scratch);
    this.exact = HostMachine.saturatesFor(format);
    this.threads = threads;
    this.trials = Trials.of(model, threads);
    this.skipped = 0;
    take(samples);
  }

  private Trial(Trial first, Samples samples) throws IOException {
    this.model = first.model;
    this.format = first.format;
    this.nearest = first.nearest;
    this.exact = first.exact;
    this.threads = first.threads;
    this.trials = first.trials;
    this.skipped = first.skipped + first.inputs.size();
    take(samples);
  }

  private void take(Samples samples) throws IOException {
    try (OrtModel reference = OrtModel.open(model, threads, exact)) {
      long[] bytes = {0};
      int[] passed = {0};
      samples.forEachBatch(
          batch -> {
            if (passed[0] < skipped) {
              passed[0]++;
            } else if (inputs.size() < (bytes[0] < FEW_BYTES ? BATCHES : 4)
                && bytes[0] < KEPT_BYTES) {
              List<Tensor> outputs = reference.run(batch);
              inputs.add(batch);
              expected.add(outputs);
              outputs.forEach(output -> bytes[0] += output.data().remaining());
            }
          });
    }
  }

  /**
   * The model with those layers in integers.
   *
   * @param layers by the name of their output
   * @param ranges of all groups
   * @param corrections of some layers
   */
  OnnxModel quantized(Collection<String> layers, Map<String, Range> ranges, Corrections corrections)
      throws IOException {
    Graph graph = new Graph(model);
    List<Node> chosen =
        Placement.layers(graph).stream().filter(n -> layers.contains(n.output(0))).toList();
    Placement placement = Placement.of(graph, chosen);
    new QdqWriter(model, placement, format, corrections, nearest).write(ranges);
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  /** The same on batches behind these, to see what was fitted to these; empty if there are none. */
  Optional<Trial> next(Samples samples) throws IOException {
    Trial next = new Trial(this, samples);
    return Optional.of(next).filter(trial -> !trial.inputs.isEmpty());
  }

  /** The batches that errors are measured on. */
  List<List<Tensor>> inputs() {
    return inputs;
  }

  /** As {@link OutputError#power}. */
  double error(OnnxModel candidate) throws IOException {
    return error(candidate, inputs.size());
  }

  /** The same by the first batches, for many candidates that are held against each other. */
  double roughly(OnnxModel candidate) throws IOException {
    return error(candidate, (inputs.size() + ROUGH - 1) / ROUGH);
  }

  private double error(OnnxModel candidate, int batches) throws IOException {
    try (OrtModel session = OrtModel.open(candidate, threads, exact)) {
      OutputError error = measure().fresh();
      for (int i = 0; i < batches; i++) {
        error.add(expected.get(i), session.run(inputs.get(i)));
      }
      return error.power();
    }
  }

  /** Whether the error is no larger than so much; runs no more batches than tell. */
  boolean within(OnnxModel candidate, double most) throws IOException {
    try (OrtModel session = OrtModel.open(candidate, threads, exact)) {
      OutputError error = measure().fresh();
      for (int i = 0; i < inputs.size() && error.atLeast(whole()) <= most; i++) {
        error.add(expected.get(i), session.run(inputs.get(i)));
      }
      return error.atLeast(whole()) <= most;
    }
  }

  /** Of the reference against itself. */
  private synchronized OutputError whole() {
    if (whole.isEmpty()) {
      OutputError same = measure().fresh();
      expected.forEach(outputs -> same.add(outputs, outputs));
      whole = Optional.of(same);
    }
    return whole.get();
  }

  /** What becomes of each item, in order, see {@link Trials}. */
  <T, R> List<R> each(List<T> items, Parallel.Mapping<? super T, ? extends R> trial)
      throws IOException {
    return trials.map(items, trial);
  }

  /** The largest error that a tolerance admits. */
  double admitted(Tolerance tolerance) {
    return measure().admitted(tolerance);
  }

  private OutputError measure() {
    return OutputError.of(model.facts(), inputs.get(0), expected.get(0));
  }
}
