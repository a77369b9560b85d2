/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The models of Debian's libonnx-testdata, one for each operator and more, with their inputs. */
public final class OnnxTestdata {
  private static final Path ROOT = Path.of("/usr/share/libonnx-testdata/data");

  private OnnxTestdata() {}

  /** All model files; the test is skipped where the package is not installed. */
  public static List<Path> models() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(ROOT), "skipped: no " + ROOT + "; apt-get install libonnx-testdata");
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  public static String name(Path model) {
    return ROOT.relativize(model.getParent()).toString();
  }

  /** The first set of inputs; empty when one is no tensor of a type that Sagui serves. */
  public static Optional<List<Tensor>> inputs(OnnxModel model) throws IOException {
    List<ValueInfoProto> wanted = ModelCheck.inputs(model.graph());
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      Path file = model.file().resolveSibling("test_data_set_0/input_" + i + ".pb");
      if (!wanted.get(i).getType().hasTensorType() || !Files.exists(file)) {
        return Optional.empty();
      }
      TensorProto tensor = TensorProto.parseFrom(Files.readAllBytes(file));
      ElementType type = ElementType.of(tensor.getDataType());
      if (type.served().isEmpty()) {
        return Optional.empty();
      }
      ByteBuffer data =
          ByteBuffer.wrap(new PayloadTable().of(tensor).toByteString().toByteArray())
              .order(ByteOrder.LITTLE_ENDIAN);
      tensors.add(
          new Tensor(wanted.get(i).getName(), type.served().get(), tensor.getDimsList(), data));
    }
    return Optional.of(tensors);
  }
}
