/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RemovalIT {
  @TempDir Path folder;

  /** Zero wherever a channel lies, it may go: in each of several drawn sets. */
  @ParameterizedTest
  @EnumSource(Prunable.class)
  void channelsOfZerosCanGo(Prunable prunable) throws IOException {
    OnnxModel model =
        OnnxModel.open(TestModels.write(prunable.model(), folder.resolve("model.onnx")));
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.parse("random:3:2:-1..1")).first(2);
    DependencyGraph dependencies = DependencyGraph.of(model, shapes(model, inputs));
    List<ChannelGroup> groups = ChannelGroups.of(dependencies).groups();
    assertFalse(groups.isEmpty(), prunable + " has nothing to remove");
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
      float[] values = TensorValues.floats(model, tensor);
      for (int i = 0; i < values.length; i++) {
        values[i] = stays(axes, kept, i) ? values[i] : 0;
      }
      graph.put(Floats.tensor(model, tensor, values));
    }
    return model.with(model.proto().toBuilder().setGraph(graph.build()).build());
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
