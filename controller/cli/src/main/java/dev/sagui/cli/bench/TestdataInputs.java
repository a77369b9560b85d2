/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.ValueFacts;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The first inputs that lie beside a model of the ONNX test data. */
final class TestdataInputs {
  private TestdataInputs() {}

  /** Empty when one is no tensor of a type that Sagui serves. */
  static Optional<List<Tensor>> of(OnnxModel model) throws IOException {
    List<ValueFacts> wanted = model.facts().inputs();
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      Path file = model.file().resolveSibling("test_data_set_0/input_" + i + ".pb");
      if (wanted.get(i).type() == ElementType.UNKNOWN || !Files.exists(file)) {
        return Optional.empty();
      }
      TensorProto tensor = TensorProto.parseFrom(Files.readAllBytes(file));
      ElementType type = ElementType.of(tensor.getDataType());
      if (type.served().isEmpty()) {
        return Optional.empty();
      }
      ByteBuffer data =
          ByteBuffer.wrap(model.payload(tensor).toByteString().toByteArray())
              .order(ByteOrder.LITTLE_ENDIAN);
      tensors.add(
          new Tensor(wanted.get(i).name(), type.served().get(), tensor.getDimsList(), data));
    }
    return Optional.of(tensors);
  }
}
