/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;

/** The domain of the operators that only ONNX Runtime has. */
final class RuntimeDomain {
  private static final String NAME = "com.microsoft";

  private RuntimeDomain() {}

  /** Lets a model use it. */
  static void require(ModelProto.Builder model) {
    if (model.getOpsetImportList().stream().noneMatch(o -> o.getDomain().equals(NAME))) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(NAME).setVersion(1));
    }
  }
}
