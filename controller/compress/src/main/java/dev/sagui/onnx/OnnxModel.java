/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An ONNX model: its graph in memory, its weights on disk.
 *
 * <p>Immutable but for {@link #attach}, which adds bytes that an edited graph may name. The files
 * must stay as they are while the model is used.
 */
public final class OnnxModel {
  private final Path file;
  private final List<Path> externalFiles;
  private final ModelProto proto;
  private final PayloadTable payloads;

  private OnnxModel(Path file, List<Path> externalFiles, ModelProto proto, PayloadTable payloads) {
    this.file = file;
    this.externalFiles = externalFiles;
    this.proto = proto;
    this.payloads = payloads;
  }

  /**
   * Opens a model and checks that all of it is there; operators that nobody knows are kept.
   *
   * @param path an {@code .onnx} file, or a folder that holds one beside its external data
   * @throws RejectedException with the code of what is wrong with the model
   * @throws IOException the disk failed
   */
  public static OnnxModel open(Path path) throws IOException {
    Path file = locate(path);
    PayloadTable payloads = new PayloadTable();
    ModelProto skeleton = parse(file, SkeletonReader.read(file, payloads));
    ExternalData external = new ExternalData(file, payloads);
    ModelCheck.complete(skeleton, file.toString());
    ModelProto proto = new TensorMap(external::resolve).model(skeleton);
    new TensorMap(
            tensor -> {
              TensorSize.check(tensor, payloads);
              return tensor;
            })
        .model(proto);
    return new OnnxModel(file, List.copyOf(external.files()), proto, payloads);
  }

  /**
   * A model that was made in memory and has no file.
   *
   * @param name that messages have in the place of a file's
   * @param proto complete, with all data in its message
   */
  public static OnnxModel made(String name, ModelProto proto) {
    return new OnnxModel(Path.of(name), List.of(), proto, new PayloadTable());
  }

  private static Path locate(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      if (!Files.exists(path)) {
        throw new RejectedException(
            FailureCode.NOT_FOUND, "expected a model at %s, found nothing".formatted(path));
      }
      return path;
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> models =
          entries.filter(entry -> entry.toString().endsWith(".onnx")).sorted().toList();
      if (models.size() == 1) {
        return models.get(0);
      }
      throw new RejectedException(
          models.isEmpty() ? FailureCode.NOT_FOUND : FailureCode.UNSUPPORTED_MODEL,
          "expected one .onnx file in %s, found %s"
              .formatted(path, models.isEmpty() ? "none" : models));
    }
  }

  private static ModelProto parse(Path file, byte[] skeleton) {
    try {
      return ModelProto.parseFrom(skeleton);
    } catch (InvalidProtocolBufferException e) {
      throw new RejectedException(
          FailureCode.NOT_ONNX,
          "expected an ONNX model in %s, but its message is malformed: %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * This model, if ONNX Runtime can be expected to run it on inputs.
   *
   * @throws RejectedException UNKNOWN_OP_DOMAIN, NO_INPUTS, DECLARED_SIZE_TOO_LARGE for an input,
   *     or UNSUPPORTED_MODEL for optional values
   */
  public OnnxModel runnable() {
    ModelCheck.runnable(proto, file.toString());
    return this;
  }

  /** The {@code .onnx} file. */
  public Path file() {
    return file;
  }

  /** The {@code .onnx} file first, then the files of its external data. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(file));
    files.addAll(externalFiles);
    return files;
  }

  /** Bytes of all files. */
  public long sizeBytes() throws IOException {
    long bytes = 0;
    for (Path each : files()) {
      bytes += Files.size(each);
    }
    return bytes;
  }

  /** The model's message; large tensors hold a marker and no data. */
  public ModelProto proto() {
    return proto;
  }

  public GraphProto graph() {
    return proto.getGraph();
  }

  /** The bytes of a tensor of this model. */
  public Payload payload(TensorProto tensor) {
    return payloads.of(tensor);
  }

  /** The tensor with {@code payload} as its data, for the graph of {@link #with}. */
  public TensorProto attach(TensorProto tensor, Payload payload) {
    return tensor.toBuilder()
        .clearRawData()
        .clearFloatData()
        .clearDataLocation()
        .clearExternalData()
        .addExternalData(PayloadTable.marker(payloads.add(payload)))
        .build();
  }

  /** The same model with another message. */
  public OnnxModel with(ModelProto edited) {
    return new OnnxModel(file, externalFiles, edited, payloads);
  }

  /** Weights that are not zero; reads all of them. */
  public long nonZero() throws IOException {
    return NonZero.count(this);
  }

  public ModelFacts facts() {
    return FactsReader.read(this);
  }
}
