/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
  @TempDir Path folder;

  @Test
  void smallModelComesBackMessageForMessage() throws IOException {
    ModelProto model = TestModels.linear(32, 64, 5);
    Path file = TestModels.write(model, folder.resolve("in.onnx"));
    List<Path> files = write(OnnxModel.open(file));
    assertEquals(1, files.size());
    assertEquals(model, ModelProto.parseFrom(Files.readAllBytes(files.get(0))));
  }

  @Test
  void unknownFieldsSurvive() throws IOException {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                777,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("kept"))
                    .addVarint(9)
                    .build())
            .build();
    ModelProto.Builder model = TestModels.linear(32, 64, 5).toBuilder().setUnknownFields(unknown);
    model.getGraphBuilder().setUnknownFields(unknown);
    model.getGraphBuilder().getNodeBuilder(0).setUnknownFields(unknown);
    model.getGraphBuilder().getInitializerBuilder(0).setUnknownFields(unknown);
    Path file = TestModels.write(model.build(), folder.resolve("in.onnx"));
    ModelProto back = ModelProto.parseFrom(Files.readAllBytes(write(OnnxModel.open(file)).get(0)));
    assertEquals(model.build(), back);
  }

  @Test
  void largeWeightsGoBesideTheModelAtAlignedOffsets() throws IOException {
    ModelProto model = TestModels.linear(600, 600, 5);
    Path file = TestModels.write(model, folder.resolve("in.onnx"));
    List<Path> files = write(OnnxModel.open(file));
    assertEquals(2, files.size());
    TensorProto weight =
        ModelProto.parseFrom(Files.readAllBytes(files.get(0))).getGraph().getInitializer(0);
    assertEquals(TensorProto.DataLocation.EXTERNAL, weight.getDataLocation());
    long offset =
        weight.getExternalDataList().stream()
            .filter(e -> e.getKey().equals("offset"))
            .map(StringStringEntryProto::getValue)
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElseThrow();
    assertEquals(0, offset % 4096);
    OnnxModel back = OnnxModel.open(files.get(0).getParent());
    assertEquals(
        model.getGraph().getInitializer(0).getRawData(),
        back.payload(back.graph().getInitializer(0)).toByteString());
  }

  @Test
  void packedFloatsAreReadAsTheirBytes() throws IOException {
    ModelProto.Builder model = TestModels.linear(32, 64, 5).toBuilder();
    TensorProto raw = model.getGraph().getInitializer(0);
    TensorProto.Builder floats = raw.toBuilder().clearRawData();
    raw.getRawData().asReadOnlyByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < 32 * 64; i++) {
      floats.addFloatData(
          raw.getRawData()
              .asReadOnlyByteBuffer()
              .order(java.nio.ByteOrder.LITTLE_ENDIAN)
              .getFloat(4 * i));
    }
    model.getGraphBuilder().setInitializer(0, floats);
    OnnxModel opened = OnnxModel.open(TestModels.write(model.build(), folder.resolve("in.onnx")));
    assertEquals(raw.getRawData(), opened.payload(opened.graph().getInitializer(0)).toByteString());
  }

  @Test
  void weightsAreNotInTheOpenedMessage() throws IOException {
    Path file = TestModels.write(TestModels.linear(600, 600, 5), folder.resolve("in.onnx"));
    OnnxModel model = OnnxModel.open(file);
    assertTrue(model.proto().getSerializedSize() < 10_000);
    assertEquals(600 * 600 + 600, model.facts().parameters());
  }

  @Test
  void factsTellInputsOutputsAndOperators() throws IOException {
    Path file = TestModels.write(TestModels.linear(32, 64, 5), folder.resolve("in.onnx"));
    ModelFacts facts = OnnxModel.open(file).facts();
    assertEquals(List.of(-1L, 32L), facts.inputs().get(0).shape());
    assertEquals(List.<Object>of("batch", 32L), facts.inputs().get(0).display());
    assertEquals("y", facts.outputs().get(0).name());
    assertEquals(1, facts.operators().get("Gemm"));
    assertEquals(17, facts.opsets().get("ai.onnx"));
    assertTrue(facts.takesLatents());
  }

  @Test
  void stagedFolderLeavesNothingWhenNotPublished() throws IOException {
    Path target = folder.resolve("out");
    try (StagedFolder staged = StagedFolder.create(target, java.util.Set.of())) {
      Files.writeString(staged.path().resolve("half"), "half");
    }
    assertFalse(Files.exists(target));
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    Path left = Files.createDirectory(folder.resolve(".out.part999999999-0"));
    Files.writeString(left.resolve("half"), "half");
    Path other = Files.createDirectory(folder.resolve(".other.part999999999-0"));
    StagedFolder.create(folder.resolve("out"), java.util.Set.of()).close();
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(other));
  }

  private List<Path> write(OnnxModel model) throws IOException {
    return ModelWriter.write(model, Files.createDirectory(folder.resolve("out")), Progress.NONE);
  }
}
