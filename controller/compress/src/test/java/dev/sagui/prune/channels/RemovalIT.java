/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemovalIT {
  @TempDir Path folder;

  /** Zero wherever a channel lies, it may go: in each of several drawn sets. */
  @ParameterizedTest
  @EnumSource(Prunable.class)
  void channelsOfZerosCanGo(Prunable prunable) throws IOException {
    assertZerosCanGo(prunable.model());
  }

  /** Whole heads of queries, keys and values, apart or packed: the others give the same bits. */
  @ParameterizedTest
  @EnumSource(
      value = Prunable.class,
      names = {"ATTENTION", "ATTENTION_OF_PACKED_WEIGHTS", "ATTENTION_OF_SPLIT_WEIGHTS"})
  void headsOfZerosGoWithoutAChangedBit(Prunable attention) throws IOException {
    OnnxModel model =
        OnnxModel.open(TestModels.write(attention.model(), folder.resolve("model.onnx")));
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:3:2:-1..1")).first(2);
    DependencyGraph dependencies = DependencyGraph.of(model, shapes(model, inputs));
    List<ChannelGroup> groups = ChannelGroups.of(dependencies).groups();
    assertEquals(List.of(6), groups.stream().map(ChannelGroup::width).toList());
    Set<Integer> gone = Set.copyOf(groups.get(0).units().subList(1, 4));
    OnnxModel cut = Removal.of(dependencies, gone, Map.of());
    List<Tensor> expected = run(zeroed(dependencies, gone), inputs);
    assertArrayEquals(expected.get(0).floats(), run(cut, inputs).get(0).floats());
    assertTrue(cut.facts().parameters() < 0.55 * model.facts().parameters());
  }

  /** The same of int8 weights, their scales and zero points. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void channelsOfZerosCanGoFromQuantizedGraphs(long seed) throws IOException {
    assertZerosCanGo(QuantizedGraphs.drawn(seed));
  }

  /** What a nested graph takes from around it stays, and others go. */
  @Test
  void whatANestedGraphTakesStaysAndIsNamed() throws IOException {
    GraphProto.Builder inner =
        GraphProto.newBuilder()
            .setName("branch")
            .addNode(TestModels.node("Relu", "taken", "held"))
            .addOutput(TestModels.value("taken"));
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {2, 4, 8, 8}))
            .addInitializer(
                TensorValues.raw(ElementType.BOOL, List.of(), ByteString.copyFrom(new byte[] {1}))
                    .toBuilder()
                    .setName("always"))
            .addInitializer(TestModels.weights("a", 1, 8, 4, 1, 1))
            .addInitializer(TestModels.weights("b", 2, 6, 8, 1, 1))
            .addInitializer(TestModels.weights("c", 3, 3, 6, 1, 1))
            .addNode(TestModels.node("Conv", "free", "x", "a"))
            .addNode(TestModels.node("Conv", "held", "free", "b"))
            .addNode(
                TestModels.node("If", "chosen", "always")
                    .addAttribute(branch("then_branch", inner))
                    .addAttribute(branch("else_branch", inner)))
            .addNode(TestModels.node("Conv", "y", "chosen", "c"));
    ModelProto proto = TestModels.model(graph);
    OnnxModel model = OnnxModel.open(TestModels.write(proto, folder.resolve("nested.onnx")));
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:3:2:-1..1")).first(2);
    ChannelGroups groups = ChannelGroups.of(DependencyGraph.of(model, shapes(model, inputs)));
    assertEquals(List.of(8), groups.groups().stream().map(ChannelGroup::width).toList());
    String why = groups.kept().getOrDefault(new ChannelGroup.Place("b", 0), "");
    assertTrue(why.startsWith("a nested graph of If"), why);
    assertZerosCanGo(proto);
  }

  private static AttributeProto branch(String name, GraphProto.Builder graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private void assertZerosCanGo(ModelProto proto) throws IOException {
    OnnxModel model = OnnxModel.open(TestModels.write(proto, folder.resolve("model.onnx")));
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:3:2:-1..1")).first(2);
    DependencyGraph dependencies = DependencyGraph.of(model, shapes(model, inputs));
    List<ChannelGroup> groups = ChannelGroups.of(dependencies).groups();
    assertFalse(groups.isEmpty(), "nothing to remove");
    for (int draw = 0; draw < 4; draw++) {
      Set<Integer> gone = drawn(groups, draw);
      OnnxModel cut = Removal.of(dependencies, gone, Map.of());
      assertTrue(cut.facts().parameters() < model.facts().parameters());
      assertSame(run(zeroed(dependencies, gone), inputs), run(cut, inputs));
    }
  }

  private static Map<String, List<Long>> shapes(OnnxModel model, List<Tensor> inputs)
      throws IOException {
    Map<String, List<Long>> shapes = new HashMap<>();
    inputs.forEach(input -> shapes.put(input.name(), input.shape()));
    try (Taps taps = Taps.of(model, Taps.values(model), 1)) {
      shapes.putAll(taps.shapes(inputs));
    }
    return shapes;
  }

  private static Set<Integer> drawn(List<ChannelGroup> groups, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Set<Integer> gone = new HashSet<>();
    for (ChannelGroup group : groups) {
      List<Integer> units = group.units();
      int kept = random.nextInt(units.size());
      for (int i = 0; i < units.size(); i++) {
        if (i != kept && random.nextInt(2) == 0) {
          gone.add(units.get(i));
        }
      }
      gone.add(units.get((kept + 1) % units.size()));
    }
    return gone;
  }

  private static OnnxModel zeroed(DependencyGraph dependencies, Set<Integer> gone)
      throws IOException {
    OnnxModel model = dependencies.model();
    Kept kept = new Kept(dependencies.atoms(), gone);
    Graph graph = new Graph(model);
    for (String name : graph.initializers()) {
      List<Axis> axes = dependencies.layout(name);
      if (axes.stream().noneMatch(kept::cuts)) {
        continue;
      }
      TensorProto tensor = graph.constant(name).orElseThrow();
      if (isParameter(graph, name)) {
        continue;
      }
      if (tensor.getDataType() != ElementType.FLOAT.number()) {
        graph.put(zeroed(tensor, axes, kept));
        continue;
      }
      float[] values = TensorValues.floats(model, tensor);
      for (int i = 0; i < values.length; i++) {
        values[i] = stays(axes, kept, i) ? values[i] : 0;
      }
      graph.put(Floats.tensor(model, tensor, values));
    }
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
  }

  /** Whether it is a scale or a zero point. */
  private static boolean isParameter(Graph graph, String name) {
    return graph.users(name).stream()
        .anyMatch(node -> node.is("DequantizeLinear") && !node.input(0).equals(name));
  }

  private static TensorProto zeroed(TensorProto tensor, List<Axis> axes, Kept kept) {
    int bytes = ElementType.of(tensor.getDataType()).bits() / Byte.SIZE;
    byte[] values = tensor.getRawData().toByteArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = stays(axes, kept, i / bytes) ? values[i] : 0;
    }
    return tensor.toBuilder().setRawData(ByteString.copyFrom(values)).build();
  }

  private static boolean stays(List<Axis> axes, Kept kept, int element) {
    int rest = element;
    boolean stays = true;
    for (int k = axes.size() - 1; k >= 0; k--) {
      Axis axis = axes.get(k);
      stays &= axis.isFixed() || kept.isKept(axis.atoms()[rest % axis.length()]);
      rest /= axis.length();
    }
    return stays;
  }

  private static List<Tensor> run(OnnxModel model, List<Tensor> inputs) throws IOException {
    try (TemporaryModel file = TemporaryModel.of(model);
        OrtModel session = OrtModel.open(file.file(), 1)) {
      return session.run(inputs);
    }
  }

  private static void assertSame(List<Tensor> expected, List<Tensor> actual) {
    for (int i = 0; i < expected.size(); i++) {
      float[] wanted = expected.get(i).floats();
      float[] found = actual.get(i).floats();
      assertEquals(wanted.length, found.length);
      double most = 0;
      for (float value : wanted) {
        most = Math.max(most, Math.abs(value));
      }
      for (int k = 0; k < wanted.length; k++) {
        assertEquals(wanted[k], found[k], 1e-4 * most);
      }
    }
  }
}
