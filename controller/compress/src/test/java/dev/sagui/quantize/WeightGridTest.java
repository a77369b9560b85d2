/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightGridTest {
  private static final Int8Format PAIRS = new Int8Format(false, 127, 128, "");
  private static final Int8Format FREE = new Int8Format(false, 127, 254, "");

  @TempDir Path folder;

  private Node gemm() throws IOException {
    return only(node("Gemm", "y", "x", "w", "b"));
  }

  private Node only(NodeProto.Builder proto) throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {1, 2}));
    for (String weight : List.of("w", "b")) {
      graph.addInitializer(TestModels.weights(weight, 1, 2, 2));
    }
    OnnxModel model =
        OnnxModel.open(
            TestModels.write(TestModels.model(graph.addNode(proto)), folder.resolve("model.onnx")));
    return new Graph(model).nodes().get(0);
  }

  @ParameterizedTest
  @CsvSource({"8, 3", "7, 3", "1, 5", "64, 1"})
  void noPixelsNeighbouringChannelsSaturate(int channels, int kernel) throws IOException {
    int size = channels * kernel * kernel;
    Node conv = only(node("Conv", "y", "x", "w"));
    WeightGrid grid =
        WeightGrid.of(
            conv, List.of(4L, (long) channels, (long) kernel, (long) kernel), size, PAIRS);
    float[] row = row(size);
    for (float scale : grid.scales(row)) {
      byte[] steps = grid.nearest(row, scale);
      byte[] packed = new byte[size + 1];
      for (int i = 0; i < size; i++) {
        packed[i % (kernel * kernel) * channels + i / (kernel * kernel)] = steps[i];
      }
      for (int i = 0; i < size; i += 2) {
        int sum = packed[i] + packed[i + 1];
        assertTrue(Math.abs(sum) * 255 <= Short.MAX_VALUE, packed[i] + " and " + packed[i + 1]);
      }
    }
  }

  @Test
  void thePairThatComesSecondGivesWay() throws IOException {
    WeightGrid grid = WeightGrid.of(gemm(), List.of(4L, 2L), 4, PAIRS);
    byte[] steps = {100, WeightGrid.OPEN, WeightGrid.OPEN, -20};
    assertEquals(28, grid.nearest(90, 1, steps));
    assertEquals(-90, grid.nearest(-90, 1, steps));
    assertEquals(127, grid.nearest(300, 2, steps));
    assertEquals(-108, grid.nearest(-300, 2, steps));
  }

  @Test
  void stepsAreFinerThanWithSevenBits() throws IOException {
    WeightGrid grid = WeightGrid.of(gemm(), List.of(512L, 4L), 512, PAIRS);
    float[] row = row(512);
    float largest = 0;
    for (float weight : row) {
      largest = Math.max(largest, Math.abs(weight));
    }
    assertTrue(grid.covering(row) < largest / 63 * 0.8);
  }

  @Test
  void depthwiseConvolutionsAndOtherDevicesAreFree() throws IOException {
    Node depthwise = only(node("Conv", "y", "x", "w").addAttribute(TestModels.number("group", 4)));
    float[] row = new float[9];
    Arrays.fill(row, 1);
    WeightGrid grid = WeightGrid.of(depthwise, List.of(4L, 1L, 3L, 3L), 9, PAIRS);
    assertEquals(1f / 127, grid.covering(row));
    WeightGrid free = WeightGrid.of(gemm(), List.of(9L, 1L), 9, FREE);
    assertEquals(1f / 127, free.covering(row));
  }

  private static float[] row(int size) {
    Random random = new Random(3);
    float[] row = new float[size];
    for (int i = 0; i < size; i++) {
      row[i] = (float) random.nextGaussian();
    }
    return row;
  }
}
