/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.run.source.BadData;
import dev.sagui.run.source.SampleSource;
import dev.sagui.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Inputs for a model, made batch by batch, never all at once; a sample's values do not depend on
 * the batch size.
 *
 * <p>Attention masks, lengths, token types, positions, a voice's scales and an empty key-value
 * cache follow from the other inputs unless they have data of their own.
 */
public final class Samples {
  /** Of inputs in a batch: what a run computes from them is many times as much. */
  private static final int MAX_BATCH_BYTES = 1 << 20;

  private final Batching batching;
  private final List<Binding> bindings;
  private final Optional<Path> modelFile;
  private final int count;
  private final boolean uniform;
  private final Map<String, DataSpec> specs;
  private final Share share;
  private int fitting;

  private Samples(
      Batching batching, Map<String, DataSpec> specs, Optional<Path> modelFile, Share share) {
    this.batching = batching;
    this.specs = specs;
    this.share = share;
    this.bindings = Binding.all(batching.slots(), specs);
    this.modelFile = modelFile;
    List<SampleSource> sources = open();
    try {
      Binding.requireAll(batching.slots(), sources);
      int most = sources.stream().mapToInt(SampleSource::count).min().orElse(0);
      this.count = share.of(most == SampleSource.MAX_SAMPLES ? 1 : most);
      this.uniform = sources.stream().allMatch(SampleSource::isUniform);
    } finally {
      sources.forEach(SampleSource::close);
    }
  }

  /**
   * @throws RejectedException as {@link #of(OnnxModel, Map)}
   */
  public static Samples of(ModelFacts facts, DataSpec spec) {
    return of(facts, Map.of("", spec));
  }

  /** Of a model whose folder is not known, so that {@code text:FILE} is refused. */
  public static Samples of(ModelFacts facts, Map<String, DataSpec> specs) {
    return of(facts, specs, Optional.empty());
  }

  /**
   * Opens the data once and holds them against the model's inputs.
   *
   * @param specs by input name; the empty name stands for all others
   * @throws RejectedException BAD_REQUEST or NOT_FOUND when an input has no data, or data do not
   *     fit; UNSUPPORTED_MODEL for inputs that cannot be filled
   */
  public static Samples of(OnnxModel model, Map<String, DataSpec> specs) {
    return of(model.facts(), specs, Optional.of(model.file()));
  }

  private static Samples of(
      ModelFacts facts, Map<String, DataSpec> specs, Optional<Path> modelFile) {
    List<String> names = facts.inputs().stream().map(ValueFacts::name).toList();
    for (String name : specs.keySet()) {
      if (!name.isEmpty() && !names.contains(name)) {
        throw BadData.of("no input is named '%s', there are %s".formatted(name, names));
      }
    }
    Optional<DataSpec> others = Optional.ofNullable(specs.get(""));
    Batching batching =
        Batching.of(
            facts,
            info ->
                Optional.ofNullable(specs.get(info.name()))
                    .or(() -> others)
                    .map(spec -> spec.isWhole(info.shape()))
                    .orElse(false));
    return new Samples(batching, specs, modelFile, Share.ALL);
  }

  /**
   * Samples to choose parameters by, apart from {@link #forJudging}: seeded data by the next seed;
   * of files every second of these samples, or the only one.
   */
  public Samples forCalibration() {
    if (readsFiles()) {
      return count < 2 ? this : new Samples(batching, specs, modelFile, share.half(1));
    }
    Map<String, DataSpec> next = new LinkedHashMap<>();
    specs.forEach((name, spec) -> next.put(name, spec.next()));
    return new Samples(batching, next, modelFile, Share.ALL);
  }

  /** Other samples of the same kind, by another seed; none where they are read from files. */
  public Optional<Samples> drawn(long seed, int wanted) {
    if (readsFiles()) {
      return Optional.empty();
    }
    Map<String, DataSpec> others = new LinkedHashMap<>();
    specs.forEach((name, spec) -> others.put(name, spec.with(seed, wanted)));
    return Optional.of(new Samples(batching, others, modelFile, Share.ALL));
  }

  /** Samples that {@link #forCalibration} leaves out, where there are two. */
  public Samples forJudging() {
    return readsFiles() && count >= 2
        ? new Samples(batching, specs, modelFile, share.half(0))
        : this;
  }

  /** The same samples with no more than so many in a run, where the model allows it. */
  public Samples inBatchesOf(int most) {
    Batching smaller =
        new Batching(batching.slots(), batching.fixed(), Math.min(most, batching.most()));
    return new Samples(smaller, specs, modelFile, share);
  }

  private boolean readsFiles() {
    return bindings.stream().anyMatch(binding -> binding.spec() instanceof FileData);
  }

  private List<SampleSource> open() {
    List<SampleSource> sources = new ArrayList<>();
    try {
      bindings.forEach(each -> sources.add(each.spec().open(each.slots(), modelFile)));
      return sources;
    } catch (RuntimeException e) {
      sources.forEach(SampleSource::close);
      throw e;
    }
  }

  /** Samples in all. */
  public int count() {
    return count;
  }

  /** Whether part of the inputs is noise. */
  public boolean isWeak() {
    return bindings.stream().map(Binding::spec).anyMatch(DataSpec::isWeak);
  }

  /**
   * The batch that {@link #forEachBatch} makes: the model's own when fixed, one where samples
   * differ in size, else up to 16, fewer where one is large.
   */
  public int batchSize() {
    return batching.fixed().orElseGet(() -> uniform ? Math.min(fitting(), count) : 1);
  }

  private synchronized int fitting() {
    if (fitting == 0) {
      int bytes = first(1).stream().mapToInt(sample -> sample.data().remaining()).sum();
      fitting = Math.max(1, Math.min(batching.most(), MAX_BATCH_BYTES / Math.max(1, bytes)));
    }
    return fitting;
  }

  /**
   * The first samples as one batch; {@code wanted} yields to a batch that the model fixes, and to
   * one sample where they differ in size or the model takes no batch.
   */
  public List<Tensor> first(int wanted) {
    boolean free = uniform && batching.most() > 1;
    int size = batching.fixed().orElse(free ? Math.min(wanted, count) : 1);
    try (SampleCursor cursor = cursor()) {
      return SampleRows.batch(cursor, batching.slots(), Math.min(size, count), size);
    }
  }

  /**
   * Hands over all samples in order. The last batch may be smaller where the model allows, else it
   * repeats the last sample.
   */
  public void forEachBatch(Consumer<List<Tensor>> consumer) {
    int size = batchSize();
    try (SampleCursor cursor = cursor()) {
      for (int done = 0; done < count; done += size) {
        int samples = Math.min(size, count - done);
        int rows = batching.fixed().isPresent() ? size : samples;
        consumer.accept(SampleRows.batch(cursor, batching.slots(), samples, rows));
      }
    }
  }

  private SampleCursor cursor() {
    return new SampleCursor(batching.slots(), open(), share);
  }
}
