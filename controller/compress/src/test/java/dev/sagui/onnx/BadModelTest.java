/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadModelTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"hello, I am no model", "{\"a\": 1}", "PK\u0003\u0004zipzipzip", "\u0000"})
  void rejectsWhatIsNotOnnx(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("m.onnx"), content, StandardCharsets.UTF_8);
    rejects(FailureCode.NOT_ONNX, file);
  }

  @Test
  void rejectsEmptyFile() throws IOException {
    rejects(FailureCode.EMPTY_FILE, Files.createFile(folder.resolve("m.onnx")));
  }

  @Test
  void rejectsModelCutAnywhere() throws IOException {
    byte[] whole = TestModels.linear(16, 32, 1).toByteArray();
    for (int length = 2; length < whole.length; length++) {
      Path file = Files.write(folder.resolve("m.onnx"), Arrays.copyOf(whole, length));
      rejects(FailureCode.TRUNCATED_MODEL, file);
    }
  }

  @Test
  void rejectsMissingExternalData() throws IOException {
    rejects(FailureCode.MISSING_EXTERNAL_DATA, withExternal("w.bin", 4 * 16 * 32));
  }

  @Test
  void rejectsExternalDataInParentFolder() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[4 * 16 * 32]);
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Path file = TestModels.write(external("../w.bin", 4 * 16 * 32), inner.resolve("m.onnx"));
    rejects(FailureCode.EXTERNAL_DATA_ESCAPES, file);
  }

  @Test
  void rejectsExternalDataByAbsolutePath() throws IOException {
    Path data = Files.write(folder.resolve("w.bin"), new byte[4 * 16 * 32]);
    rejects(
        FailureCode.EXTERNAL_DATA_ESCAPES, withExternal(data.toAbsolutePath().toString(), 2048));
  }

  @Test
  void rejectsExternalDataThroughSymbolicLink() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.write(outside.resolve("w.bin"), new byte[4 * 16 * 32]);
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.createSymbolicLink(inner.resolve("link"), outside);
    Path file = TestModels.write(external("link/w.bin", 2048), inner.resolve("m.onnx"));
    rejects(FailureCode.EXTERNAL_DATA_ESCAPES, file);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "", "a\u0000b"})
  void rejectsExternalDataThatIsNoPlainFile(String location) throws IOException {
    rejects(FailureCode.EXTERNAL_DATA_ESCAPES, withExternal(location, 2048));
  }

  @Test
  void rejectsExternalDataShorterThanDeclared() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[100]);
    rejects(FailureCode.DECLARED_SIZE_TOO_LARGE, withExternal("w.bin", 4 * 16 * 32));
  }

  @Test
  void rejectsTenGigabytesDeclaredByOneKilobyte() throws IOException {
    TensorProto huge =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addDims(50_000)
            .addDims(50_000)
            .setRawData(ByteString.copyFrom(new byte[900]))
            .build();
    rejects(FailureCode.DECLARED_SIZE_TOO_LARGE, file(withWeight(huge)));
  }

  @Test
  void rejectsDimensionsWhoseProductOverflows() throws IOException {
    TensorProto huge =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addDims(1L << 40)
            .addDims(1L << 40)
            .setRawData(ByteString.copyFrom(new byte[16]))
            .build();
    rejects(FailureCode.DECLARED_SIZE_TOO_LARGE, file(withWeight(huge)));
  }

  @Test
  void rejectsFieldOfTenGigabytesWithoutTakingMemoryForIt() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(1, 8);
    out.writeTag(7, 2);
    out.writeUInt64NoTag(10L << 30);
    out.writeRawBytes(new byte[900]);
    out.flush();
    rejects(
        FailureCode.TRUNCATED_MODEL, Files.write(folder.resolve("m.onnx"), bytes.toByteArray()));
  }

  @Test
  void rejectsNegativeDimension() throws IOException {
    TensorProto odd =
        TensorProto.newBuilder().setName("w").setDataType(1).addDims(-4).addDims(4).build();
    rejects(FailureCode.BAD_TENSOR, file(withWeight(odd)));
  }

  @Test
  void rejectsMoreBytesThanDeclared() throws IOException {
    TensorProto odd = TestModels.floats("w", new float[9], 4, 2);
    rejects(FailureCode.BAD_TENSOR, file(withWeight(odd)));
  }

  @Test
  void rejectsUnknownOperatorDomain() throws IOException {
    GraphProto.Builder graph = TestModels.linear(4, 4, 1).getGraph().toBuilder();
    graph.setNode(0, graph.getNode(0).toBuilder().setDomain("com.example.secret"));
    RejectedException e = rejects(FailureCode.UNKNOWN_OP_DOMAIN, file(TestModels.model(graph)));
    assertTrue(e.getMessage().contains("com.example.secret"), e.getMessage());
  }

  @Test
  void rejectsUnknownOperatorDomainInNestedGraph() throws IOException {
    GraphProto.Builder graph = TestModels.linear(4, 4, 1).getGraph().toBuilder();
    NodeProto inner = TestModels.node("Odd", "t", "x").setDomain("odd").build();
    graph.addNode(
        TestModels.node("If", "z", "c")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("then_branch")
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(GraphProto.newBuilder().addNode(inner))));
    rejects(FailureCode.UNKNOWN_OP_DOMAIN, file(TestModels.model(graph)));
  }

  @Test
  void rejectsModelWhoseOnlyInputIsAnInitializer() throws IOException {
    GraphProto.Builder graph = TestModels.linear(4, 4, 1).getGraph().toBuilder().clearInput();
    graph.addInput(TestModels.value("w", 4, 4));
    rejects(FailureCode.NO_INPUTS, file(TestModels.model(graph)));
  }

  @Test
  void rejectsFolderWithTwoModels() throws IOException {
    TestModels.write(TestModels.linear(4, 4, 1), folder.resolve("a.onnx"));
    TestModels.write(TestModels.linear(4, 4, 1), folder.resolve("b.onnx"));
    rejects(FailureCode.UNSUPPORTED_MODEL, folder);
  }

  @Test
  void rejectsWhatDoesNotExist() {
    rejects(FailureCode.NOT_FOUND, folder.resolve("none.onnx"));
    rejects(FailureCode.NOT_FOUND, folder);
  }

  @Test
  void rejectsMillionsOfEmptyMessagesWithoutTakingMemoryForThem() throws IOException {
    byte[] nodes = new byte[4 << 20];
    for (int i = 0; i < nodes.length; i += 2) {
      nodes[i] = 0x0A; // graph.node, length 0
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(1, 8);
    out.writeByteArray(7, nodes);
    out.flush();
    rejects(
        FailureCode.UNSUPPORTED_MODEL, Files.write(folder.resolve("m.onnx"), bytes.toByteArray()));
  }

  @Test
  void anyChangedByteOpensOrIsRejectedByName() throws IOException {
    byte[] whole = TestModels.linear(16, 32, 1).toByteArray();
    Random random = new Random(3);
    for (int i = 0; i < 3000; i++) {
      byte[] changed = whole.clone();
      // the head and tail hold the structure, the middle is weights
      int range = Math.min(200, whole.length / 2);
      int at = random.nextInt(2 * range);
      changed[at < range ? at : whole.length - 1 - (at - range)] = (byte) random.nextInt();
      Path file = Files.write(folder.resolve("m.onnx"), changed);
      try {
        OnnxModel.open(file).facts();
      } catch (RejectedException e) {
        assertTrue(e.getMessage().length() > 10);
      }
    }
  }

  private RejectedException rejects(FailureCode code, Path file) {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> OnnxModel.open(file).runnable(), file.toString());
    assertEquals(code, e.code(), e.getMessage());
    return e;
  }

  private Path file(ModelProto model) throws IOException {
    return TestModels.write(model, folder.resolve("m.onnx"));
  }

  private Path withExternal(String location, long length) throws IOException {
    return file(external(location, length));
  }

  private static ModelProto external(String location, long length) {
    return withWeight(TestModels.external("w", location, length, 16, 32));
  }

  private static ModelProto withWeight(TensorProto weight) {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 16}))
            .addInitializer(weight)
            .addNode(TestModels.node("MatMul", "y", "x", "w")));
  }
}
