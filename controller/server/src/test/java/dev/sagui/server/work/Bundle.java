/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A tar of a model's folder, made as it is sent. */
final class Bundle {
  private static final int BLOCK = 512;

  private final List<InputStream> parts = new ArrayList<>();

  /** A model that adds {@code count} weights, which lie in the file {@code location}. */
  static byte[] model(long count, String location) {
    TensorProto weights =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(count)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(pair("location", location))
            .addExternalData(pair("offset", "0"))
            .addExternalData(pair("length", Long.toString(4 * count)))
            .build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", 1))
            .addOutput(value("y", count))
            .addInitializer(weights)
            .addNode(
                NodeProto.newBuilder().setOpType("Add").addInput("x").addInput("w").addOutput("y"))
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ValueInfoProto value(String name, long count) {
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(
                TensorShapeProto.newBuilder()
                    .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(count)))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  Bundle file(String name, byte[] content) {
    return file(name, content.length, new ByteArrayInputStream(content));
  }

  /** A file of zeros. */
  Bundle zeros(String name, long size) {
    return file(name, size, new Zeros(size));
  }

  /** A file that says to be larger than it is, at the end of all. */
  Bundle half(String name, long size) {
    parts.add(new ByteArrayInputStream(header(name, size)));
    return this;
  }

  private Bundle file(String name, long size, InputStream content) {
    parts.add(new ByteArrayInputStream(header(name, size)));
    parts.add(content);
    parts.add(new Zeros((BLOCK - size % BLOCK) % BLOCK));
    return this;
  }

  private static byte[] header(String name, long size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 124, String.format(Locale.ROOT, "%011o", size));
    header[156] = '0';
    put(header, 257, "ustar");
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  /** To be sent once. */
  BodyPublisher send() {
    parts.add(new Zeros(2 * BLOCK));
    InputStream whole = new SequenceInputStream(Collections.enumeration(parts));
    return BodyPublishers.ofInputStream(() -> whole);
  }

  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int n = (int) Math.min(left, length);
      java.util.Arrays.fill(into, offset, offset + n, (byte) 0);
      left -= n;
      return n;
    }
  }
}
