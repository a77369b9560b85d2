/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.WireReader.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copies a model's message without its weights: each large payload stays in the file, and a marker
 * takes its place. All other fields, unknown ones too, are copied as they are.
 */
final class SkeletonReader {
  /** Payloads below this stay in the message. */
  static final int MIN_PAYLOAD_BYTES = 1024;

  /**
   * What a graph without its weights may take in memory: parsed, checked, edited and written it
   * takes a few times that.
   */
  private static final long MAX_SKELETON_BYTES =
      Math.min(96L << 20, Runtime.getRuntime().maxMemory() / 8);

  /** What a field costs in memory beside its bytes. */
  private static final int FIELD_BYTES = 16;

  /** What an empty message costs in memory when parsed. */
  private static final int MESSAGE_BYTES = 128;

  private static final int MAX_DEPTH = 40;

  private final Path file;
  private final PayloadTable payloads;
  private final WireReader wire;
  private long copied;
  private boolean versionSeen;

  private SkeletonReader(Path file, PayloadTable payloads, WireReader wire) {
    this.file = file;
    this.payloads = payloads;
    this.wire = wire;
  }

  /**
   * @throws RejectedException EMPTY_FILE, NOT_ONNX, TRUNCATED_MODEL or UNSUPPORTED_MODEL
   */
  static byte[] read(Path file, PayloadTable payloads) throws IOException {
    long length = Files.size(file);
    if (length == 0) {
      throw new RejectedException(
          FailureCode.EMPTY_FILE, "expected an ONNX model in %s, found 0 bytes".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      SkeletonReader reader = new SkeletonReader(file, payloads, new WireReader(in, length));
      return reader.start(length);
    }
  }

  private byte[] start(long length) throws IOException {
    try {
      return message(ProtoShape.MODEL, length, 0);
    } catch (WireException e) {
      if (versionSeen && e.atEnd()) {
        throw new RejectedException(
            FailureCode.TRUNCATED_MODEL,
            "%s is cut off: it %s; copy it again".formatted(file, e.getMessage()),
            e);
      }
      throw new RejectedException(
          FailureCode.NOT_ONNX,
          "expected an ONNX model in %s, but it %s".formatted(file, e.getMessage()),
          e);
    }
  }

  private byte[] message(ProtoShape shape, long end, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw unsupported("graphs are nested more than %d messages deep".formatted(MAX_DEPTH));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, 64);
    while (wire.position() < end) {
      field(shape, end, depth, out);
    }
    out.flush();
    return bytes.toByteArray();
  }

  private void field(ProtoShape shape, long end, int depth, CodedOutputStream out)
      throws IOException {
    long tag = wire.varint();
    int number = (int) (tag >>> 3);
    if (number <= 0 || tag >>> 32 != 0) {
      throw new WireException("has no valid field at byte %d".formatted(wire.position()), false);
    }
    account(FIELD_BYTES);
    versionSeen |= shape == ProtoShape.MODEL && tag == 8;
    switch ((int) (tag & 7)) {
      case WireFormat.WIRETYPE_VARINT -> {
        out.writeUInt32NoTag((int) tag);
        out.writeUInt64NoTag(wire.varint());
      }
      case WireFormat.WIRETYPE_FIXED64 -> copy((int) tag, 8, end, out);
      case WireFormat.WIRETYPE_FIXED32 -> copy((int) tag, 4, end, out);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
          delimited(shape, number, wire.fieldLength(end), depth, out);
      default ->
          throw new WireException(
              "has a field of unknown kind at byte %d".formatted(wire.position()), false);
    }
  }

  private void copy(int tag, int count, long end, CodedOutputStream out) throws IOException {
    out.writeUInt32NoTag(tag);
    if (count > end - wire.position()) {
      throw new WireException("ends inside a field at byte " + wire.position(), true);
    }
    account(count);
    out.writeRawBytes(wire.bytes(count));
  }

  private void delimited(
      ProtoShape shape, int number, long length, int depth, CodedOutputStream out)
      throws IOException {
    ProtoShape child = shape.child(number);
    if (child != null) {
      account(MESSAGE_BYTES);
      out.writeByteArray(number, message(child, wire.position() + length, depth + 1));
    } else if (shape.isPayload(number) && length >= MIN_PAYLOAD_BYTES) {
      int index = payloads.add(new FileSpan(file, wire.position(), length));
      out.writeMessage(TensorProto.EXTERNAL_DATA_FIELD_NUMBER, PayloadTable.marker(index));
      wire.skip(length);
    } else {
      account(shape == ProtoShape.TENSOR ? 8 * length : length);
      out.writeByteArray(number, wire.bytes(length));
    }
  }

  private void account(long bytes) {
    copied += bytes;
    if (copied > MAX_SKELETON_BYTES) {
      throw unsupported(
          "its graph without weights takes more than the %d MB that a heap of %d MB leaves for it"
              .formatted(MAX_SKELETON_BYTES >> 20, Runtime.getRuntime().maxMemory() >> 20));
    }
  }

  private RejectedException unsupported(String why) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL, "cannot use %s: %s".formatted(file, why));
  }
}
