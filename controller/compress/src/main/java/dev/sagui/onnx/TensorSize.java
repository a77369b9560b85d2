/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;

/** What a tensor declares about its size, held against what is there. */
public final class TensorSize {
  private TensorSize() {}

  /**
   * Elements by the tensor's dimensions.
   *
   * @throws RejectedException BAD_TENSOR for a negative dimension, DECLARED_SIZE_TOO_LARGE for a
   *     product beyond 2⁶³
   */
  public static long elements(TensorProto tensor) {
    long elements = 1;
    for (long dimension : tensor.getDimsList()) {
      if (dimension < 0) {
        throw new RejectedException(
            FailureCode.BAD_TENSOR,
            "tensor '%s' has a negative dimension: %s"
                .formatted(tensor.getName(), tensor.getDimsList()));
      }
      long high = Math.multiplyHigh(elements, dimension);
      elements *= dimension;
      if (high != 0 || elements < 0) {
        throw tooLarge(tensor, "more than any file holds", 0);
      }
    }
    return elements;
  }

  /**
   * @throws RejectedException DECLARED_SIZE_TOO_LARGE when the bytes present are fewer than
   *     declared, BAD_TENSOR when they are more
   */
  static void check(TensorProto tensor, PayloadTable payloads) {
    long elements = elements(tensor);
    ElementType type = ElementType.of(tensor.getDataType());
    long entries = entries(tensor, type);
    if (entries >= 0) {
      compare(tensor, elements, entries, "elements");
    } else if (type.bits() > 0) {
      long bits = Math.multiplyHigh(elements, type.bits()) == 0 ? elements * type.bits() : -1;
      long bytes = bits < 0 ? Long.MAX_VALUE : (bits + 7) / 8;
      compare(tensor, bytes, payloads.of(tensor).bytes(), "bytes");
    }
  }

  /** Elements in the typed repeated fields; -1 when the data are bytes. */
  private static long entries(TensorProto tensor, ElementType type) {
    boolean bytes = PayloadTable.isMarked(tensor) || !tensor.getRawData().isEmpty();
    return switch (type) {
      case STRING -> tensor.getStringDataCount();
      case FLOAT -> bytes ? -1 : tensor.getFloatDataCount();
      case DOUBLE -> bytes ? -1 : tensor.getDoubleDataCount();
      case INT64 -> bytes ? -1 : tensor.getInt64DataCount();
      case UINT32, UINT64 -> bytes ? -1 : tensor.getUint64DataCount();
      case UINT8, INT8, UINT16, INT16, INT32, BOOL, FLOAT16, BFLOAT16 ->
          bytes ? -1 : tensor.getInt32DataCount();
      default -> bytes || tensor.getInt32DataCount() == 0 ? -1 : Long.MIN_VALUE;
    };
  }

  private static void compare(TensorProto tensor, long declared, long found, String unit) {
    if (declared > found) {
      throw tooLarge(tensor, declared + " " + unit, found);
    }
    if (declared < found) {
      throw new RejectedException(
          FailureCode.BAD_TENSOR,
          "tensor '%s' %s declares %d %s, found %d"
              .formatted(tensor.getName(), tensor.getDimsList(), declared, unit, found));
    }
  }

  private static RejectedException tooLarge(TensorProto tensor, String declared, long found) {
    return new RejectedException(
        FailureCode.DECLARED_SIZE_TOO_LARGE,
        "tensor '%s' %s declares %s, found %d"
            .formatted(tensor.getName(), tensor.getDimsList(), declared, found));
  }
}
