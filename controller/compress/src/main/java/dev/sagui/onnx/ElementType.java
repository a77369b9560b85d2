/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import dev.sagui.tensor.DataType;
import java.util.Optional;

/**
 * Element types of ONNX tensors, by their number in onnx.proto.
 *
 * <p>Numbers and not the generated enum: that one ends at INT4 (22), files in the wild do not.
 */
public enum ElementType {
  // spotless:off
  FLOAT(1, 32),       UINT8(2, 8),           INT8(3, 8),        UINT16(4, 16),
  INT16(5, 16),       INT32(6, 32),          INT64(7, 64),      STRING(8, 0),
  BOOL(9, 8),         FLOAT16(10, 16),       DOUBLE(11, 64),    UINT32(12, 32),
  UINT64(13, 64),     COMPLEX64(14, 64),     COMPLEX128(15, 128), BFLOAT16(16, 16),
  FLOAT8E4M3FN(17, 8), FLOAT8E4M3FNUZ(18, 8), FLOAT8E5M2(19, 8), FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),       INT4(22, 4),           FLOAT4E2M1(23, 4), FLOAT8E8M0(24, 8),
  UINT2(25, 2),       INT2(26, 2),           UNKNOWN(0, 0);
  // spotless:on

  private final int number;
  private final int bits;

  ElementType(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  public static ElementType of(int number) {
    for (ElementType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return UNKNOWN;
  }

  public static ElementType of(DataType served) {
    for (ElementType type : values()) {
      if (type.served().filter(served::equals).isPresent()) {
        return type;
      }
    }
    throw new IllegalStateException(served + " is no ONNX type; this is a bug");
  }

  public int number() {
    return number;
  }

  /** Bits of one packed element; 0 when elements have no fixed size. */
  public int bits() {
    return bits;
  }

  /** The type's name on the wire, for the types that Sagui serves. */
  public Optional<DataType> served() {
    return switch (this) {
      case FLOAT -> Optional.of(DataType.FP32);
      case DOUBLE -> Optional.of(DataType.FP64);
      case FLOAT16 -> Optional.of(DataType.FP16);
      case INT8 -> Optional.of(DataType.INT8);
      case INT16 -> Optional.of(DataType.INT16);
      case INT32 -> Optional.of(DataType.INT32);
      case INT64 -> Optional.of(DataType.INT64);
      case UINT8 -> Optional.of(DataType.UINT8);
      case BOOL -> Optional.of(DataType.BOOL);
      default -> Optional.empty();
    };
  }
}
