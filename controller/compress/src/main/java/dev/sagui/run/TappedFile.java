/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.Folders;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A temporary copy of a model file to which graph outputs are added.
 *
 * <p>A second {@code graph} field at the end of a message is merged into the first (protobuf,
 * "Encoding", "Last One Wins"), so the outputs are appended as a few bytes and nothing is parsed.
 * External data are hard links, for which the folder is put beside the model when the system's
 * temporary folder is on another disk; where neither can be had they are copied. Symbolic links
 * would do, but ONNX Runtime refuses those that leave the folder.
 */
final class TappedFile implements AutoCloseable {
  private final Path folder;
  private final Path file;
  private final long bytes;
  private final Set<String> own;

  private TappedFile(Path folder, Path file, Set<String> own) throws IOException {
    this.folder = folder;
    this.file = file;
    this.bytes = Files.size(file);
    this.own = own;
  }

  static TappedFile of(OnnxModel model) throws IOException {
    Path folder = folderFor(model);
    try {
      Path file = isOnDisk(model) ? linked(model, folder) : written(model, folder);
      return new TappedFile(
          folder,
          file,
          model.graph().getOutputList().stream()
              .map(ValueInfoProto::getName)
              .collect(Collectors.toSet()));
    } catch (IOException | RuntimeException e) {
      Folders.delete(folder);
      throw e;
    }
  }

  private static Path folderFor(OnnxModel model) throws IOException {
    Path beside = Objects.requireNonNull(model.file().toAbsolutePath().getParent());
    Path temporary = Files.createTempDirectory("sagui-taps");
    boolean linkable = Files.getFileStore(temporary).equals(Files.getFileStore(beside));
    if (model.files().size() == 1 || linkable || !Files.isWritable(beside)) {
      return temporary;
    }
    Files.delete(temporary);
    return Files.createTempDirectory(beside, ".sagui-taps");
  }

  /** Whether the graph is as the file has it. */
  private static boolean isOnDisk(OnnxModel model) throws IOException {
    return OnnxModel.open(model.file()).proto().equals(model.proto());
  }

  private static Path written(OnnxModel model, Path folder) throws IOException {
    return ModelWriter.write(model, folder, (what, fraction) -> {}).get(0);
  }

  private static Path linked(OnnxModel model, Path folder) throws IOException {
    Path from = Objects.requireNonNull(model.file().toAbsolutePath().getParent()).normalize();
    for (Path data : model.files().subList(1, model.files().size())) {
      Path source = data.toAbsolutePath().normalize();
      Path link = folder.resolve(from.relativize(source).toString());
      Files.createDirectories(Objects.requireNonNull(link.getParent()));
      link(link, source.toRealPath());
    }
    return Files.copy(model.file(), folder.resolve("tapped.onnx"));
  }

  private static void link(Path link, Path source) throws IOException {
    try {
      Files.createLink(link, source);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(source, link);
    }
  }

  /** The file with those values as outputs, in place of the ones added before. */
  Path tapped(List<String> values) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder();
    values.stream()
        .filter(value -> !own.contains(value))
        .forEach(value -> graph.addOutput(ValueInfoProto.newBuilder().setName(value)));
    return with(graph);
  }

  /** The file with the shapes of those values as outputs, see {@link #shapeOf}. */
  Path shapes(List<String> values) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder();
    for (String value : values) {
      graph
          .addNode(
              NodeProto.newBuilder().setOpType("Shape").addInput(value).addOutput(shapeOf(value)))
          .addOutput(ValueInfoProto.newBuilder().setName(shapeOf(value)));
    }
    return with(graph);
  }

  /** The name of a value's shape. */
  static String shapeOf(String value) {
    return value + "/shape";
  }

  private Path with(GraphProto.Builder graph) throws IOException {
    byte[] tail = ModelProto.newBuilder().setGraph(graph).build().toByteArray();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
      ByteBuffer more = ByteBuffer.wrap(tail);
      for (long at = bytes; more.hasRemaining(); ) {
        at += channel.write(more, at);
      }
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    Folders.delete(folder);
  }
}
