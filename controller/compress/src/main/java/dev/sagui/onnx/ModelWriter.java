/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a model into a folder: {@code model.onnx}, and {@code model.onnx.data} beside it when its
 * weights take more than 1 MB.
 *
 * <p>Weights are copied block by block. A packed weight that is folded at load stays in memory when
 * it is inside the model file, and is freed when it is external; hence the threshold.
 */
public final class ModelWriter {
  public static final String MODEL_FILE = "model.onnx";
  public static final String DATA_FILE = "model.onnx.data";

  private static final long MAX_INLINE_BYTES = 1 << 20;

  /** Smaller tensors stay in the message. */
  private static final int MIN_EXTERNAL_BYTES = 4096;

  /** A page, so that large tensors can be mapped; less for others, for a gap is flash too. */
  private static final int PAGE = 4096;

  private static final int LINE = 64;

  /** Bytes that go to {@code position} of the data file. */
  private record Placed(long position, Payload payload) {}

  private final OnnxModel model;
  private final Path folder;
  private final Progress progress;
  private final List<Placed> external = new ArrayList<>();
  private long total;
  private long written;
  private long position;

  private ModelWriter(OnnxModel model, Path folder, Progress progress) {
    this.model = model;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * @param folder exists and is empty; on failure it may hold part of the files
   * @return the files written, the model first
   * @throws IOException the disk failed or is full
   */
  public static List<Path> write(OnnxModel model, Path folder, Progress progress)
      throws IOException {
    return new ModelWriter(model, folder, progress).write();
  }

  /**
   * Writes a model of less than 2 GB as one file, which replaces another when all of it is on the
   * disk.
   */
  public static void writeOne(OnnxModel model, Path file) throws IOException {
    ModelWriter writer = new ModelWriter(model, file, Progress.NONE);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.deleteIfExists(part);
      writeModel(part, writer.inlined());
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** What a model takes on disk, but for the gaps between its weights. */
  public static long bytes(OnnxModel model) {
    ModelWriter writer = new ModelWriter(model, Path.of(""), Progress.NONE);
    TensorMap.forEach(model.graph(), tensor -> writer.total += writer.markedBytes(tensor));
    return model.proto().getSerializedSize() + writer.total;
  }

  private List<Path> write() throws IOException {
    TensorMap.forEach(model.graph(), tensor -> total += markedBytes(tensor));
    List<Path> files = new ArrayList<>(List.of(folder.resolve(MODEL_FILE)));
    if (total > MAX_INLINE_BYTES) {
      files.add(folder.resolve(DATA_FILE));
      try (FileChannel data = create(files.get(1))) {
        ModelProto proto = placed();
        Parallel.forEach(external, tensor -> copy(tensor, data));
        data.force(true);
        writeModel(files.get(0), proto);
      }
    } else {
      writeModel(files.get(0), inlined());
    }
    return files;
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private ModelProto inlined() throws IOException {
    try {
      return new TensorMap(this::inlined).model(model.proto());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ModelProto placed() throws IOException {
    try {
      return new TensorMap(this::placed).model(model.proto());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private long markedBytes(TensorProto tensor) {
    return PayloadTable.isMarked(tensor) ? model.payload(tensor).bytes() : 0;
  }

  private TensorProto placed(TensorProto tensor) {
    if (markedBytes(tensor) < MIN_EXTERNAL_BYTES) {
      return inlined(tensor);
    }
    Payload payload = model.payload(tensor);
    int alignment = payload.bytes() >= MAX_INLINE_BYTES ? PAGE : LINE;
    position = (position + alignment - 1) / alignment * alignment;
    external.add(new Placed(position, payload));
    TensorProto placed = external(tensor, DATA_FILE, position, payload.bytes());
    position += payload.bytes();
    return placed;
  }

  private void copy(Placed tensor, FileChannel data) throws IOException {
    long[] at = {tensor.position()};
    tensor
        .payload()
        .read(
            block -> {
              int count = block.remaining();
              while (block.hasRemaining()) {
                at[0] += data.write(block, at[0]);
              }
              written(count);
            });
  }

  private synchronized void written(int count) {
    written += count;
    progress.at("write weights", (double) written / total);
  }

  private TensorProto inlined(TensorProto tensor) {
    if (!PayloadTable.isMarked(tensor)) {
      return tensor;
    }
    try {
      return inlined(tensor, model.payload(tensor));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TensorProto inlined(TensorProto tensor, Payload payload) throws IOException {
    return unmarked(tensor).setRawData(payload.toByteString()).build();
  }

  static TensorProto external(TensorProto tensor, String file, long offset, long length) {
    return unmarked(tensor)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", file))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)))
        .build();
  }

  private static TensorProto.Builder unmarked(TensorProto tensor) {
    TensorProto.Builder builder = tensor.toBuilder().clearExternalData();
    tensor.getExternalDataList().stream()
        .filter(entry -> !entry.getKey().equals(PayloadTable.MARKER))
        .forEach(builder::addExternalData);
    return builder;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static void writeModel(Path file, ModelProto proto) throws IOException {
    try (FileChannel channel = create(file);
        OutputStream out =
            new BufferedOutputStream(
                java.nio.channels.Channels.newOutputStream(channel), 1 << 16)) {
      proto.writeTo(out);
      out.flush();
      channel.force(true);
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " vanished while it was written");
    }
  }
}
