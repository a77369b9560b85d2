/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockRemovalIT {
  @TempDir Path folder;

  /** The one that gives the same for all inputs first, then the weak one; the strong one stays. */
  @Test
  void blocksThatMatterLeastGoFirst() throws IOException {
    BlockRemoval.Result one = removed(chain(), 0.3);
    assertEquals(3, one.blocks());
    assertEquals(List.of("s2"), sums(one));
    assertTrue(one.removed().get(0).mean());
    assertTrue(one.removed().get(0).error() < 1e-9);
    BlockRemoval.Result two = removed(chain(), 0.6);
    assertEquals(List.of("s2", "s3"), sums(two));
    assertTrue(two.removed().get(1).error() < 1e-3, "" + two.removed());
    assertEquals(
        1,
        two.model().graph().getNodeList().stream()
            .filter(n -> n.getOpType().equals("Relu"))
            .count());
    assertFalse(
        two.model().graph().getInitializerList().stream().anyMatch(t -> t.getName().equals("v2")));
  }

  @Test
  void modelWithoutResidualBlocksIsRefused() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> removed(TestModels.linear(6, 5, 1), 0.5));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("no block can be removed"));
  }

  private static List<String> sums(BlockRemoval.Result result) {
    return result.removed().stream().map(each -> each.block().sum()).toList();
  }

  private BlockRemoval.Result removed(ModelProto proto, double share) throws IOException {
    OnnxModel model = OnnxModel.open(TestModels.write(proto, folder.resolve("model.onnx")));
    Samples samples = Samples.of(model.facts(), DataSpec.parse("random:3:32:-1..1"));
    return BlockRemoval.apply(model, share, samples, 1, Progress.NONE);
  }

  private static ModelProto chain() {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, 16}));
    block(graph, 1, "x", drawn(1, 256), drawn(2, 16));
    block(graph, 2, "s1", new float[256], drawn(4, 16));
    block(graph, 3, "s2", scaled(drawn(5, 256)), new float[16]);
    graph.addInitializer(TestModels.weights("w", 9, 16, 4));
    graph.addNode(TestModels.node("MatMul", "y", "s3", "w"));
    return TestModels.model(graph);
  }

  private static float[] drawn(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return values;
  }

  private static float[] scaled(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.01f;
    }
    return values;
  }

  private static void block(
      GraphProto.Builder graph, int number, String from, float[] last, float[] bias) {
    graph
        .addInitializer(TestModels.weights("u" + number, number, 16, 16))
        .addInitializer(TestModels.floats("v" + number, last, 16, 16))
        .addInitializer(TestModels.floats("b" + number, bias, 16))
        .addNode(TestModels.node("MatMul", "h" + number, from, "u" + number))
        .addNode(TestModels.node("Relu", "r" + number, "h" + number))
        .addNode(TestModels.node("Gemm", "f" + number, "r" + number, "v" + number, "b" + number))
        .addNode(TestModels.node("Add", "s" + number, from, "f" + number));
  }
}
