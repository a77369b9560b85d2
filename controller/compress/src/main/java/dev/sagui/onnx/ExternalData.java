/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the files that hold a model's weights beside it (onnx.proto, {@code
 * TensorProto.external_data}); a location that leaves the model's folder, by {@code ..}, as an
 * absolute path or through a symbolic link, is refused.
 */
final class ExternalData {
  private static final Set<String> KEYS = Set.of("location", "offset", "length", "checksum");

  private final Path folder;
  private final PayloadTable payloads;
  private final Set<Path> files = new TreeSet<>();

  ExternalData(Path modelFile, PayloadTable payloads) {
    Path parent = modelFile.toAbsolutePath().getParent();
    this.folder = parent == null ? modelFile.toAbsolutePath() : parent;
    this.payloads = payloads;
  }

  /** The files found so far, in the order of their names. */
  Set<Path> files() {
    return files;
  }

  /** The same tensor with a payload marker in place of its location; others as they are. */
  TensorProto resolve(TensorProto tensor) {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return tensor;
    }
    Map<String, String> entries =
        tensor.getExternalDataList().stream()
            .collect(
                Collectors.toMap(
                    StringStringEntryProto::getKey,
                    StringStringEntryProto::getValue,
                    (first, second) -> second));
    int index = payloads.add(span(tensor, entries));
    TensorProto.Builder builder = tensor.toBuilder().clearDataLocation().clearExternalData();
    tensor.getExternalDataList().stream()
        .filter(e -> !KEYS.contains(e.getKey()) && !e.getKey().equals(PayloadTable.MARKER))
        .forEach(builder::addExternalData);
    return builder.addExternalData(PayloadTable.marker(index)).build();
  }

  private FileSpan span(TensorProto tensor, Map<String, String> entries) {
    String location = entries.getOrDefault("location", "");
    try {
      Path file = locate(tensor, location);
      files.add(file);
      long offset = number(tensor, entries.getOrDefault("offset", "0"));
      long size = Files.size(file);
      long length = number(tensor, entries.getOrDefault("length", Long.toString(size - offset)));
      if (offset > size || length > size - offset) {
        throw new RejectedException(
            FailureCode.DECLARED_SIZE_TOO_LARGE,
            "tensor '%s' takes %d bytes from byte %d of '%s', which has %d; is the copy complete?"
                .formatted(tensor.getName(), length, offset, location, size));
      }
      return new FileSpan(file, offset, length);
    } catch (IOException e) {
      throw missing(tensor, location);
    }
  }

  private Path locate(TensorProto tensor, String location) throws IOException {
    Path file;
    try {
      file = folder.resolve(location).normalize();
    } catch (InvalidPathException e) {
      throw escapes(tensor, location);
    }
    if (location.isEmpty()
        || Path.of(location).isAbsolute()
        || !file.startsWith(folder.normalize())) {
      throw escapes(tensor, location);
    }
    if (!Files.exists(file)) {
      throw missing(tensor, location);
    }
    if (!file.toRealPath().startsWith(folder.toRealPath()) || !Files.isRegularFile(file)) {
      throw escapes(tensor, location);
    }
    return file;
  }

  private static long number(TensorProto tensor, String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, together with negative numbers
    }
    throw new RejectedException(
        FailureCode.BAD_TENSOR,
        "tensor '%s': expected a byte count in its external data, found '%s'"
            .formatted(tensor.getName(), text));
  }

  private RejectedException missing(TensorProto tensor, String location) {
    return new RejectedException(
        FailureCode.MISSING_EXTERNAL_DATA,
        "the weights of '%s' are in '%s', which is not readable in %s; put it beside the model"
            .formatted(tensor.getName(), location, folder));
  }

  private RejectedException escapes(TensorProto tensor, String location) {
    return new RejectedException(
        FailureCode.EXTERNAL_DATA_ESCAPES,
        "tensor '%s' names external data '%s', which is not a plain file inside %s"
            .formatted(tensor.getName(), location, folder));
  }
}
