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
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sagui.failure.RejectedException;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule on a node of the version before it, by ONNX Runtime, which still runs those. */
class OpsetRulesIT {
  @TempDir Path folder;

  @ParameterizedTest(name = "{1} of opset {0}: {2}")
  @CsvSource(
      nullValues = "-",
      value = {
        "10, Clip, min=-0.5f max=0.25f",
        "10, Clip, max=0.25f",
        "10, Clip, -",
        "10, Pad, 'pads=0,0,1,2,0,0,2,1 value=0.5f'",
        "10, Pad, 'pads=0,0,1,2,0,0,2,1 mode=reflect'",
        "9, Slice, 'starts=0,1 ends=2,9 axes=1,3'",
        "9, Slice, 'starts=0,-3 ends=1,-1'",
        "9, TopK, k=2",
        "9, TopK, 'k=3 axis=2'",
        "9, Dropout, ratio=0.3f",
        "11, Dropout, ratio=0.3f",
        "8, BatchNormalization, spatial=1",
        "7, Softmax, -",
        "12, Softmax, axis=1",
        "12, Softmax, axis=2",
        "12, Softmax, axis=3",
        "12, Softmax, axis=-1",
        "12, Softmax, axis=-2",
        "12, LogSoftmax, axis=0",
        "12, Hardmax, axis=1",
        "12, ReduceSum, 'axes=1,3 keepdims=0'",
        "12, ReduceSum, -",
        "17, ReduceMean, 'axes=2 keepdims=1'",
        "17, ReduceMax, 'axes=-1 keepdims=0'",
        "17, ReduceL2, -",
        "12, Split, 'split=1,3 axis=3'",
        "12, Split, axis=2",
        "17, Split, axis=2",
        "12, Squeeze, axes=0",
        "12, Squeeze, -",
        "12, Unsqueeze, 'axes=0,3'",
        "8, Upsample, mode=nearest",
        "9, Upsample, mode=nearest",
        "9, Upsample, mode=linear",
        "10, Resize, mode=nearest",
        "10, Resize, mode=linear",
        "10, Scatter, axis=3",
        "16, GridSample, 'mode=bilinear padding_mode=zeros'",
        "17, DFT, axis=2",
      })
  void rewrittenNodeGivesTheSame(int opset, String op, String attributes) throws IOException {
    ModelProto model = model(opset, op, attributes == null ? "" : attributes);
    OnnxModel before = OnnxModel.open(TestModels.write(model, folder.resolve("m.onnx")));
    OnnxModel after = OpsetUpgrade.to(before, 21);
    assertEquals(21, OpsetUpgrade.version(after.proto()));
    assertEquals(List.of(), GraphCheck.faults(after.proto()));
    try (TemporaryModel written = TemporaryModel.of(after);
        OrtModel a = OrtModel.open(before.file(), 1);
        OrtModel b = OrtModel.open(written.file(), 1)) {
      List<Tensor> expected = a.run(inputs());
      List<Tensor> found = b.run(inputs());
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i).shape(), found.get(i).shape());
        assertEquals(expected.get(i).data(), found.get(i).data(), "output " + i);
      }
    }
  }

  @Test
  void refusesWhatCannotBeSaidInTheLaterVersion() throws IOException {
    ModelProto model = model(8, "BatchNormalization", "spatial=0");
    OnnxModel before = OnnxModel.open(TestModels.write(model, folder.resolve("m.onnx")));
    String message =
        assertThrows(RejectedException.class, () -> OpsetUpgrade.to(before, 21)).getMessage();
    assertTrue(message.contains("BatchNormalization"), message);
    assertTrue(message.contains("spatial"), message);
  }

  @Test
  void refusesOperatorsThatNobodyKnowsAndOpsetsBefore7() throws IOException {
    ModelProto unknown = model(12, "Frobnicate", "");
    OnnxModel before = OnnxModel.open(TestModels.write(unknown, folder.resolve("u.onnx")));
    assertThrows(RejectedException.class, () -> OpsetUpgrade.to(before, 21));
    ModelProto ancient = model(6, "Relu", "");
    OnnxModel old = OnnxModel.open(TestModels.write(ancient, folder.resolve("o.onnx")));
    assertThrows(RejectedException.class, () -> OpsetUpgrade.to(old, 21));
  }

  /** An operator's further inputs are the constants named in {@link #constants}. */
  private static ModelProto model(int opset, String op, String attributes) {
    int outputs = op.equals("TopK") || op.equals("Split") ? 2 : 1;
    NodeProto.Builder node = TestModels.node(op, "y", "x");
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {1, 2, 4, 4}));
    constants(op, opset, node, graph);
    for (String each : attributes.isEmpty() ? new String[0] : attributes.split(" ")) {
      node.addAttribute(attribute(each.split("=")[0], each.split("=")[1]));
    }
    if (outputs == 2) {
      node.addOutput("z");
      graph.addOutput(ValueInfoProto.newBuilder().setName("z"));
    }
    graph.setOutput(0, ValueInfoProto.newBuilder().setName("y"));
    return ModelProto.newBuilder()
        .setIrVersion(opset < 9 ? 4 : 8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph.addNode(node))
        .build();
  }

  private static void constants(
      String op, int opset, NodeProto.Builder node, GraphProto.Builder graph) {
    switch (op) {
      case "BatchNormalization" -> {
        for (String name : List.of("scale", "bias", "mean", "variance")) {
          node.addInput(name);
          graph.addInitializer(TestModels.floats(name, new float[] {0.5f, 1.5f}, 2));
        }
      }
      case "Upsample", "Resize" -> {
        float[] scales = {1, 1, 2, 2};
        if (opset < 9) {
          AttributeProto.Builder all =
              AttributeProto.newBuilder()
                  .setName("scales")
                  .setType(AttributeProto.AttributeType.FLOATS);
          for (float scale : scales) {
            all.addFloats(scale);
          }
          node.addAttribute(all);
        } else {
          node.addInput("scales");
          graph.addInitializer(TestModels.floats("scales", scales, 4));
        }
      }
      case "Scatter" -> {
        node.addInput("indices").addInput("updates");
        graph.addInitializer(
            TensorValues.longs(List.of(1L, 1L, 1L, 2L), 3, 0).toBuilder().setName("indices"));
        graph.addInitializer(TestModels.floats("updates", new float[] {7, 8}, 1, 1, 1, 2));
      }
      case "GridSample" -> {
        node.addInput("grid");
        graph.addInitializer(TestModels.weights("grid", 3, 1, 3, 3, 2));
      }
      case "DFT" -> graph.setInput(0, TestModels.value("x", 1, 2, 4, 4, 1));
      default -> {}
    }
  }

  private static AttributeProto attribute(String name, String value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    boolean list = List.of("pads", "starts", "ends", "axes", "split").contains(name);
    if (list) {
      attribute.setType(AttributeProto.AttributeType.INTS);
      for (String each : value.split(",")) {
        attribute.addInts(Long.parseLong(each));
      }
      return attribute.build();
    }
    if (value.matches("-?[\\d.]+f")) {
      return attribute
          .setType(AttributeProto.AttributeType.FLOAT)
          .setF(Float.parseFloat(value))
          .build();
    }
    if (value.matches("-?\\d+")) {
      return TestModels.number(name, Long.parseLong(value));
    }
    return attribute
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  private List<Tensor> inputs() throws IOException {
    boolean spectral =
        OnnxModel.open(folder.resolve("m.onnx"))
                .graph()
                .getInput(0)
                .getType()
                .getTensorType()
                .getShape()
                .getDimCount()
            == 5;
    Random random = new Random(1);
    ByteBuffer data = ByteBuffer.allocate(4 * 32).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 32; i++) {
      data.putFloat((float) random.nextGaussian());
    }
    List<Long> shape = spectral ? List.of(1L, 2L, 4L, 4L, 1L) : List.of(1L, 2L, 4L, 4L);
    return List.of(new Tensor("x", DataType.FP32, shape, data.flip()));
  }
}
