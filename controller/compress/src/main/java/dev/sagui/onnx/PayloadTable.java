/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The payloads of a model's tensors, named by a marker in each tensor's {@code external_data}; any
 * thread may add and read.
 *
 * <p>A marker that came with a file can only name bytes of that same model, so it opens nothing.
 */
final class PayloadTable {
  static final String MARKER = "dev.sagui.payload";

  private final List<Payload> payloads = new ArrayList<>();

  synchronized int add(Payload payload) {
    payloads.add(payload);
    return payloads.size() - 1;
  }

  static StringStringEntryProto marker(int index) {
    return StringStringEntryProto.newBuilder()
        .setKey(MARKER)
        .setValue(Integer.toString(index))
        .build();
  }

  static boolean isMarked(TensorProto tensor) {
    return tensor.getExternalDataList().stream().anyMatch(e -> e.getKey().equals(MARKER));
  }

  /** The tensor's bytes: marked ones from their payload, others from the message itself. */
  Payload of(TensorProto tensor) {
    List<StringStringEntryProto> markers =
        tensor.getExternalDataList().stream().filter(e -> e.getKey().equals(MARKER)).toList();
    if (markers.size() > 1) {
      throw unsupported(tensor, "its data is in more than one piece");
    }
    return markers.isEmpty() ? Payload.of(inMessage(tensor)) : at(tensor, markers.get(0));
  }

  private synchronized Payload at(TensorProto tensor, StringStringEntryProto marker) {
    try {
      return payloads.get(Integer.parseInt(marker.getValue()));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw unsupported(tensor, "its external_data uses the reserved key " + MARKER);
    }
  }

  private static ByteString inMessage(TensorProto tensor) {
    return tensor.getRawData().isEmpty() ? TypedFields.bytes(tensor) : tensor.getRawData();
  }

  private static RejectedException unsupported(TensorProto tensor, String why) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL, "tensor '%s': %s".formatted(tensor.getName(), why));
  }
}
