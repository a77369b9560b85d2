/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelPruningIT {
  private static final int RANK = 12;
  private static final int HIDDEN = 32;

  @TempDir Path folder;
  private OnnxModel model;
  private Samples samples;

  @BeforeEach
  void open() throws IOException {
    model = OnnxModel.open(TestModels.write(generator(), folder.resolve("model.onnx")));
    samples = Samples.of(model.facts(), DataSpec.parse("latent:normal:3:64"));
  }

  /** Also where so few samples are seen that an order by what they show is no good. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void channelsAreNeverWorseThanByTheirNorms(int seen) throws IOException {
    samples = Samples.of(model.facts(), DataSpec.parse("latent:normal:3:" + seen));
    double chosen = error(pruned(narrow(Selection.BACKWARD, true)));
    double plain = error(pruned(narrow(Selection.L1, true)));
    assertTrue(chosen <= plain, chosen + " " + plain);
  }

  /** Half of the hidden channels repeat what others say: they go without a loss. */
  @Test
  void dependentChannelsGoForFree() throws IOException {
    PrunedModel pruned = pruned(ChannelOptions.share(0.5));
    assertTrue(pruned.macs() <= pruned.macsBefore() / 2);
    assertTrue(error(pruned) < 1e-6, "" + error(pruned));
  }

  /** Fewer channels than are independent: it matters which stay, and what they make good. */
  @Test
  void selectionAndRepairBothMatter() throws IOException {
    double chosen = error(pruned(narrow(Selection.BACKWARD, true)));
    double drawn = error(pruned(narrow(Selection.RANDOM, true)));
    double plain = error(pruned(narrow(Selection.RANDOM, false)));
    assertTrue(chosen < drawn && drawn < plain, chosen + " " + drawn + " " + plain);
  }

  @Test
  void slopesTellWhatMattersBeforeOthersMakeUpForIt() throws IOException {
    double steep = error(pruned(narrow(Selection.TAYLOR, false)));
    double drawn = error(pruned(narrow(Selection.RANDOM, false)));
    assertTrue(steep < drawn, steep + " " + drawn);
    assertEquals(steep, error(pruned(narrow(Selection.TAYLOR, false))));
  }

  @Test
  void widthsOfAnEarlierRunGiveTheSameModel() throws IOException {
    PrunedModel first = pruned(ChannelOptions.share(0.4));
    List<Integer> widths = first.widths().stream().map(PrunedModel.Width::after).toList();
    PrunedModel again =
        pruned(new ChannelOptions(0, OptionalDouble.empty(), Selection.BACKWARD, true, 8, widths));
    assertEquals(error(first), error(again));
    assertEquals(first.widths(), again.widths());
  }

  @Test
  void moreThanCanGoIsRefused() {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> pruned(ChannelOptions.share(0.9999)));
    assertTrue(String.valueOf(refused.getMessage()).contains("stays whatever is removed"));
  }

  @Test
  void modelWithoutInnerChannelsIsRefusedByName() throws IOException {
    ModelProto linear = TestModels.linear(6, 5, 1);
    model = OnnxModel.open(TestModels.write(linear, folder.resolve("linear.onnx")));
    samples = Samples.of(model.facts(), DataSpec.parse("random:3:4"));
    RejectedException refused =
        assertThrows(RejectedException.class, () -> pruned(ChannelOptions.share(0.5)));
    assertTrue(String.valueOf(refused.getMessage()).contains("no channels can be removed"));
  }

  private static ChannelOptions narrow(Selection select, boolean repair) {
    return new ChannelOptions(0, OptionalDouble.empty(), select, repair, 8, List.of(8, RANK - 4));
  }

  private PrunedModel pruned(ChannelOptions options) throws IOException {
    return ChannelPruning.apply(model, options, samples, 1, Progress.NONE);
  }

  private double error(PrunedModel pruned) throws IOException {
    return new Fidelity(model, samples, 1).error(pruned.model());
  }

  /** z [n, 16] to an image [n, 3, 8, 8] by way of channels of which few are independent. */
  private static ModelProto generator() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("z"), List.of(new long[] {-1, 16}))
            .addInitializer(TestModels.weights("w1", 1, 16, 8 * 16))
            .addInitializer(TestModels.weights("b1", 2, 8 * 16))
            .addInitializer(TensorValues.longs(0, 8, 4, 4).toBuilder().setName("shape"))
            .addInitializer(TestModels.floats("w2", dependent(), HIDDEN, 8, 3, 3))
            .addInitializer(TestModels.weights("w3", 4, HIDDEN, 3, 2, 2))
            .addInitializer(TestModels.weights("b3", 5, 3))
            .addNode(TestModels.node("Gemm", "a", "z", "w1", "b1"))
            .addNode(TestModels.node("Tanh", "t", "a"))
            .addNode(TestModels.node("Reshape", "r", "t", "shape"))
            .addNode(
                TestModels.node("Conv", "c", "r", "w2")
                    .addAttribute(TestModels.ints("pads", 1, 1, 1, 1)))
            .addNode(
                TestModels.node("ConvTranspose", "d", "c", "w3", "b3")
                    .addAttribute(TestModels.ints("strides", 2, 2)))
            .addNode(TestModels.node("Sigmoid", "y", "d"));
    return TestModels.model(graph);
  }

  /** Filters that are mixtures of a few. */
  private static float[] dependent() {
    SplittableRandom random = new SplittableRandom(9);
    double[][] few = new double[RANK][8 * 9];
    for (double[] filter : few) {
      for (int i = 0; i < filter.length; i++) {
        filter[i] = random.nextDouble() - 0.5;
      }
    }
    float[] values = new float[HIDDEN * 8 * 9];
    for (int channel = 0; channel < HIDDEN; channel++) {
      for (double[] filter : few) {
        double share = random.nextDouble() - 0.5;
        for (int i = 0; i < filter.length; i++) {
          values[channel * filter.length + i] += (float) (share * filter[i]);
        }
      }
    }
    return values;
  }
}
