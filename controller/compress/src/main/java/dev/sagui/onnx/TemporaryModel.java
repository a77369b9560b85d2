/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * A model on disk for as long as it is needed: weights that lie in files already are linked and not
 * copied, so that an edited graph of any size can be run in milliseconds. With nested graphs all
 * are copied, for ONNX Runtime refuses linked files where they hold a nested graph's weights.
 */
public final class TemporaryModel implements AutoCloseable {
  /** Below this a tensor stands in the message. */
  private static final int MIN_EXTERNAL_BYTES = 4096;

  private static final String DATA_FILE = "edited.data";

  private final OnnxModel model;
  private final Path folder;
  private final boolean linked;
  private final Map<Path, String> links = new HashMap<>();

  private TemporaryModel(OnnxModel model, Path folder) {
    this.model = model;
    this.folder = folder;
    this.linked = model.facts().nestedGraphs() == 0;
  }

  public static TemporaryModel of(OnnxModel model) throws IOException {
    TemporaryModel written =
        new TemporaryModel(model, Files.createTempDirectory("sagui-model-").toRealPath());
    try {
      written.write();
      return written;
    } catch (IOException | RuntimeException e) {
      written.close();
      throw e;
    }
  }

  public Path file() {
    return folder.resolve(ModelWriter.MODEL_FILE);
  }

  private void write() throws IOException {
    try (FileChannel data =
        FileChannel.open(
            folder.resolve(DATA_FILE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ModelProto placed = new TensorMap(tensor -> placed(tensor, data)).model(model.proto());
      try (var out = Files.newOutputStream(file())) {
        placed.writeTo(out);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private TensorProto placed(TensorProto tensor, FileChannel data) {
    if (!PayloadTable.isMarked(tensor)) {
      return tensor;
    }
    Payload payload = model.payload(tensor);
    try {
      if (payload.bytes() < MIN_EXTERNAL_BYTES) {
        return ModelWriter.inlined(tensor, payload);
      }
      if (linked && payload instanceof FileSpan span) {
        return ModelWriter.external(tensor, link(span.file()), span.offset(), span.bytes());
      }
      long offset = data.position();
      payload.read(block -> append(data, block));
      return ModelWriter.external(tensor, DATA_FILE, offset, payload.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void append(FileChannel data, ByteBuffer block) throws IOException {
    while (block.hasRemaining()) {
      data.write(block);
    }
  }

  /** ONNX Runtime follows no symbolic link out of the model's folder; another disk means a copy. */
  private String link(Path file) throws IOException {
    String known = links.get(file);
    if (known != null) {
      return known;
    }
    String name = "weights-" + links.size();
    try {
      Files.createLink(folder.resolve(name), file.toRealPath());
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(file, folder.resolve(name));
    }
    links.put(file, name);
    return name;
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
