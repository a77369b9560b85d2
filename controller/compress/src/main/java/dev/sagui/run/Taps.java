/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.source.BadData;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Runs a model and hands over values inside its graph, by name.
 *
 * <p>Values are taken in groups, each in a session of its own, so that a run holds 256 MB of them
 * at most, or one value that is larger; their sizes are those of the first batch, which is run once
 * more for their shapes. Weights in external files are linked, not copied, where the disk allows.
 */
public final class Taps implements AutoCloseable {
  private static final long GROUP_BYTES = 256_000_000;

  private final TappedFile file;
  private final List<String> names;
  private final int threads;
  private final long groupBytes;
  private final Map<String, String> skipped = new LinkedHashMap<>();

  private Taps(TappedFile file, List<String> names, int threads, long groupBytes) {
    this.file = file;
    this.names = names;
    this.threads = threads;
    this.groupBytes = groupBytes;
  }

  /** What can be tapped: the values that the graph's nodes give, in the order of the nodes. */
  public static List<String> values(OnnxModel model) {
    return model.graph().getNodeList().stream()
        .flatMap(node -> node.getOutputList().stream())
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  /**
   * @param model as it is on disk, or edited
   * @param names of values in its graph; those of nested graphs cannot be reached
   * @throws RejectedException BAD_REQUEST for a name that no node of the graph gives
   * @throws IOException the disk failed or is full
   */
  public static Taps of(OnnxModel model, Collection<String> names, int threads) throws IOException {
    return of(model, names, threads, GROUP_BYTES);
  }

  static Taps of(OnnxModel model, Collection<String> names, int threads, long groupBytes)
      throws IOException {
    Set<String> known = new LinkedHashSet<>(values(model));
    for (String name : names) {
      if (!known.contains(name)) {
        throw BadData.of(
            "no node of %s gives a value named '%s'; weights, inputs and values of nested graphs cannot be tapped"
                .formatted(model.file(), name));
      }
    }
    return new Taps(
        TappedFile.of(model), List.copyOf(new LinkedHashSet<>(names)), threads, groupBytes);
  }

  /**
   * Runs all samples, once for each group of values.
   *
   * @param each gets every value of every batch; batches of a value come in order; the data is
   *     valid during the call only
   * @throws RejectedException as {@link OrtModel#run}
   */
  public void forEach(Samples samples, Consumer<Tensor> each) throws IOException {
    inGroups(
        samples.first(samples.batchSize()),
        (session, group) -> samples.forEachBatch(inputs -> session.stream(inputs, group, each)));
  }

  /** The same with batches at hand, one at least. */
  public void forEach(List<List<Tensor>> batches, Consumer<Tensor> each) throws IOException {
    inGroups(
        batches.get(0),
        (session, group) -> batches.forEach(inputs -> session.run(inputs, group, each)));
  }

  /** Runs one batch, once for each group of values. */
  public void run(List<Tensor> inputs, Consumer<Tensor> each) throws IOException {
    forEach(List.of(inputs), each);
  }

  /** The shape of each value in a run. */
  public Map<String, List<Long>> shapes(List<Tensor> inputs) throws IOException {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    run(inputs, value -> shapes.put(value.name(), value.shape()));
    return shapes;
  }

  /** Values that were left out of the runs so far, strings and sequences, with the reason. */
  public Map<String, String> skipped() {
    return Collections.unmodifiableMap(skipped);
  }

  private void inGroups(List<Tensor> first, BiConsumer<OrtModel, List<String>> batches)
      throws IOException {
    for (List<String> group : names.size() > 1 ? groups(first) : List.of(names)) {
      try (OrtModel session = OrtModel.open(file.tapped(group), threads)) {
        batches.accept(session, readable(session, group));
      }
    }
  }

  private List<List<String>> groups(List<Tensor> inputs) throws IOException {
    Map<String, Long> bytes = new LinkedHashMap<>();
    try (OrtModel session = OrtModel.open(file.shapes(names), threads)) {
      List<String> outputs = names.stream().map(TappedFile::shapeOf).toList();
      session.run(inputs, outputs, shape -> bytes.put(shape.name(), bytes(shape)));
    } catch (RejectedException e) { // sequences have no shape
      return sliced(groupSize(inputs));
    }
    List<List<String>> groups = new ArrayList<>();
    long held = 0;
    for (String name : names) {
      long own = bytes.getOrDefault(TappedFile.shapeOf(name), groupBytes);
      if (groups.isEmpty() || held + own > groupBytes) {
        groups.add(new ArrayList<>());
        held = 0;
      }
      groups.get(groups.size() - 1).add(name);
      held += own;
    }
    return groups;
  }

  /** Of a value of this shape, elements of four bytes each. */
  private static long bytes(Tensor shape) {
    LongBuffer dims = shape.data().asLongBuffer();
    long bytes = Float.BYTES;
    while (dims.hasRemaining()) {
      bytes *= dims.get();
    }
    return bytes;
  }

  private List<List<String>> sliced(int size) {
    List<List<String>> groups = new ArrayList<>();
    for (int done = 0; done < names.size(); done += size) {
      groups.add(names.subList(done, Math.min(names.size(), done + size)));
    }
    return groups;
  }

  /** By one run more, which is measured. */
  private int groupSize(List<Tensor> inputs) throws IOException {
    RunCost run = RunCost.unoptimized(file.tapped(List.of()), inputs);
    return run.activationBytes() <= groupBytes
        ? names.size()
        : (int) Math.max(1, Math.min(names.size(), groupBytes / run.largestBytes()));
  }

  private List<String> readable(OrtModel model, List<String> group) {
    List<String> readable = new ArrayList<>();
    for (String name : group) {
      String why = model.skipped().getOrDefault(name, model.refused().get(name));
      if (why == null) {
        readable.add(name);
      } else {
        skipped.put(name, why);
      }
    }
    return readable;
  }

  /** Deletes the temporary files. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
