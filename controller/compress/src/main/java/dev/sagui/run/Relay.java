/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.run.source.BadData;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs a graph on samples part by part, each part once; values that later parts need lie in files.
 * Memory is that of one part's weights and of one batch, however large the model is, and weights
 * may change from part to part.
 */
public final class Relay implements AutoCloseable {
  private final Path folder;
  private final int threads;
  private final Map<String, ValueFile> values = new LinkedHashMap<>();
  private int files;

  private Relay(Path folder, int threads) {
    this.folder = folder;
    this.threads = threads;
  }

  /**
   * Starts with the model's inputs.
   *
   * @throws IOException the disk failed or is full
   */
  public static Relay of(Samples samples, int threads) throws IOException {
    Relay relay = new Relay(Files.createTempDirectory("sagui-relay-").toRealPath(), threads);
    try {
      samples.forEachBatch(relay::keepAll);
      return relay;
    } catch (UncheckedIOException e) {
      relay.close();
      throw e.getCause();
    } catch (RuntimeException e) {
      relay.close();
      throw e;
    }
  }

  private void keepAll(List<Tensor> batch) {
    try {
      for (Tensor value : batch) {
        keep(value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(Tensor value) throws IOException {
    ValueFile file = values.get(value.name());
    if (file == null) {
      file = new ValueFile(folder.resolve("value-" + files++));
      values.put(value.name(), file);
    }
    file.append(value);
  }

  private ValueFile file(String value) {
    return Objects.requireNonNull(values.get(value), "a value that is there; this is a bug");
  }

  /** Whether the value is there: an input, or given by a part, and still needed. */
  public boolean has(String value) {
    return values.containsKey(value);
  }

  /** Hands over a value's batches in their order, one at a time. */
  public void forEach(String value, Consumer<Tensor> each) throws IOException {
    ValueFile file = values.get(value);
    for (int i = 0; file != null && i < file.batches(); i++) {
      each.accept(file.read(value, i));
    }
  }

  /**
   * Runs the next part.
   *
   * @param part nodes of {@code graph}, whose inputs are constants or values that are there
   * @param needed values to keep of those that are there or that the part gives; others are dropped
   * @throws RejectedException as {@link OrtModel#run}, and BAD_REQUEST for a needed value that is
   *     no tensor
   */
  public void run(OnnxModel model, Graph graph, List<Node> part, Set<String> needed)
      throws IOException {
    Set<String> used = new LinkedHashSet<>();
    Set<String> wanted = new LinkedHashSet<>();
    for (Node node : part) {
      used.addAll(node.uses());
      wanted.addAll(node.outputs());
    }
    wanted.retainAll(needed);
    if (!wanted.isEmpty()) {
      List<String> given = used.stream().filter(values::containsKey).toList();
      OnnxModel own =
          model.with(
              model.proto().toBuilder().setGraph(graph(graph, part, used, given, wanted)).build());
      try (TemporaryModel file = TemporaryModel.of(own);
          OrtModel session = OrtModel.openUnpacked(file.file(), threads)) {
        run(session, given, wanted);
      }
    }
    for (String name : List.copyOf(values.keySet())) {
      if (!needed.contains(name)) {
        Files.delete(file(name).file());
        values.remove(name);
      }
    }
  }

  private void run(OrtModel session, List<String> given, Set<String> wanted) throws IOException {
    for (String name : wanted) {
      if (session.skipped().containsKey(name) || session.refused().containsKey(name)) {
        throw BadData.of("value '%s' is no tensor of numbers".formatted(name));
      }
    }
    int batches = values.values().stream().mapToInt(ValueFile::batches).max().orElse(0);
    for (int i = 0; i < batches; i++) {
      List<Tensor> inputs = new ArrayList<>();
      for (String name : given) {
        inputs.add(file(name).read(name, i));
      }
      List<Tensor> outputs = new ArrayList<>();
      session.run(inputs, wanted, outputs::add);
      for (Tensor output : outputs) {
        keep(output);
      }
    }
  }

  private GraphProto graph(
      Graph graph, List<Node> part, Set<String> used, List<String> given, Set<String> wanted) {
    GraphProto.Builder own = GraphProto.newBuilder().setName("part");
    part.forEach(node -> own.addNode(node.proto()));
    used.forEach(name -> graph.constant(name).ifPresent(own::addInitializer));
    given.forEach(name -> own.addInput(input(name, file(name).type())));
    wanted.forEach(name -> own.addOutput(ValueInfoProto.newBuilder().setName(name)));
    return own.build();
  }

  private static ValueInfoProto input(String name, DataType type) {
    ElementType element =
        switch (type) {
          case FP32 -> ElementType.FLOAT;
          case FP64 -> ElementType.DOUBLE;
          case FP16 -> ElementType.FLOAT16;
          case INT8 -> ElementType.INT8;
          case INT16 -> ElementType.INT16;
          case INT32 -> ElementType.INT32;
          case INT64 -> ElementType.INT64;
          case UINT8 -> ElementType.UINT8;
          case BOOL -> ElementType.BOOL;
        };
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(element.number())))
        .build();
  }

  /** Deletes the files. */
  @Override
  public void close() throws IOException {
    for (ValueFile file : values.values()) {
      Files.deleteIfExists(file.file());
    }
    Files.deleteIfExists(folder);
  }
}
