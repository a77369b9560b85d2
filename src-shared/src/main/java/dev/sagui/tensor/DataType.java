/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.tensor;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;

/** Element types, with their names in the Open Inference Protocol v2 and in safetensors. */
public enum DataType {
  // spotless:off
  FP32  ("F32",  4),
  FP64  ("F64",  8),
  FP16  ("F16",  2),
  INT8  ("I8",   1),
  INT16 ("I16",  2),
  INT32 ("I32",  4),
  INT64 ("I64",  8),
  UINT8 ("U8",   1),
  BOOL  ("BOOL", 1);
  // spotless:on

  private final String safetensors;
  private final int bytes;

  DataType(String safetensors, int bytes) {
    this.safetensors = safetensors;
    this.bytes = bytes;
  }

  /** The name in a safetensors header; {@link #name()} is the one of the inference protocol. */
  public String safetensors() {
    return safetensors;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static DataType ofSafetensors(String name) {
    for (DataType type : values()) {
      if (type.safetensors.equals(name)) {
        return type;
      }
    }
    throw new RejectedException(FailureCode.BAD_TENSOR, "unknown safetensors dtype '" + name + "'");
  }

  /**
   * The type that the inference protocol calls {@code name}.
   *
   * @throws RejectedException BAD_TENSOR, listing the known names
   */
  public static DataType ofProtocol(String name) {
    for (DataType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw new RejectedException(
        FailureCode.BAD_TENSOR,
        "unknown datatype '%s', known are %s".formatted(name, java.util.Arrays.toString(values())));
  }
}
