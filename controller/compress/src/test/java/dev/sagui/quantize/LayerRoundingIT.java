/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Comparison;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerRoundingIT {
  private static final DataSpec DATA = DataSpec.parse("latent:uniform:5:64");

  @TempDir Path folder;

  @Test
  void samplesMakeInt4Closer() throws IOException {
    OnnxModel source = open(generator());
    double plain = sqnr(source, stored(source, StoreFormat.INT4, Optional.empty()));
    double seen = sqnr(source, stored(source, StoreFormat.INT4, Optional.of(samples(source))));
    assertTrue(seen > plain + 1, "%s dB, %s dB without samples".formatted(seen, plain));
  }

  @Test
  void moreBitsThanFourAreAFortiethOfTheBytesAtMost() throws IOException {
    OnnxModel source = open(generator());
    OnnxModel plain = stored(source, StoreFormat.INT4, Optional.empty());
    OnnxModel seen = stored(source, StoreFormat.INT4, Optional.of(samples(source)));
    long nodes = 800;
    assertTrue(sqnr(source, plain) < 25);
    assertTrue(sqnr(source, seen) > sqnr(source, plain));
    assertTrue(seen.sizeBytes() > plain.sizeBytes());
    assertTrue(seen.sizeBytes() <= plain.sizeBytes() + source.sizeBytes() / 40 + nodes);
  }

  @Test
  void smallLastLayerKeepsEightBits() throws IOException {
    OnnxModel source = open(generator());
    OnnxModel stored = stored(source, StoreFormat.INT4, Optional.empty());
    long eight =
        stored.graph().getInitializerList().stream()
            .filter(tensor -> tensor.getDimsList().equals(List.of(2L, 16L, 3L, 3L)))
            .filter(tensor -> tensor.getDataType() == ElementType.INT8.number())
            .count();
    assertEquals(1, eight);
  }

  @ParameterizedTest
  @EnumSource(StoreFormat.class)
  void runtimeFoldsStoredWeightsAtLoad(StoreFormat format) throws IOException, OrtException {
    OnnxModel source = open(generator());
    OnnxModel stored = stored(source, format, Optional.of(samples(source)));
    Path optimized = folder.resolve("optimized.onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.BASIC_OPT);
      options.setOptimizedModelFilePath(optimized.toString());
      OrtEnvironment.getEnvironment().createSession(stored.file().toString(), options).close();
    }
    OnnxModel folded = OnnxModel.open(optimized);
    Set<String> operators =
        folded.graph().getNodeList().stream().map(n -> n.getOpType()).collect(Collectors.toSet());
    assertEquals(Set.of("Gemm", "Relu", "Reshape", "ConvTranspose", "Conv"), operators);
    assertTrue(
        folded.graph().getInitializerList().stream()
            .map(TensorProto::getDataType)
            .allMatch(type -> type == 1 || type == 7));
  }

  /** [N, 16] → Gemm with a large bias → ConvTranspose → Conv → [N, 2, 12, 12]. */
  static ModelProto generator() {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 16}))
            .addInitializer(TestModels.weights("w1", 1, 16, 1152))
            .addInitializer(TestModels.weights("b1", 2, 1152))
            .addInitializer(TestModels.weights("w2", 3, 32, 32, 3, 3))
            .addInitializer(TestModels.weights("w3", 4, 32, 16, 2, 2))
            .addInitializer(TestModels.weights("w4", 5, 2, 16, 3, 3))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("shape")
                    .setDataType(7)
                    .addDims(4)
                    .addAllInt64Data(List.of(-1L, 32L, 6L, 6L)))
            .addNode(TestModels.node("Gemm", "h1", "x", "w1", "b1"))
            .addNode(TestModels.node("Relu", "h2", "h1"))
            .addNode(TestModels.node("Reshape", "h3", "h2", "shape"))
            .addNode(
                TestModels.node("Conv", "h4", "h3", "w2")
                    .addAttribute(TestModels.ints("pads", 1, 1, 1, 1)))
            .addNode(TestModels.node("Relu", "h5", "h4"))
            .addNode(
                TestModels.node("ConvTranspose", "h6", "h5", "w3")
                    .addAttribute(TestModels.ints("strides", 2, 2)))
            .addNode(TestModels.node("Relu", "h7", "h6"))
            .addNode(
                TestModels.node("Conv", "y", "h7", "w4")
                    .addAttribute(TestModels.ints("pads", 1, 1, 1, 1))));
  }

  private static Samples samples(OnnxModel source) {
    return Samples.of(source.facts(), DATA).forCalibration();
  }

  private OnnxModel stored(OnnxModel source, StoreFormat format, Optional<Samples> samples)
      throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    try (Scratch scratch = Scratch.create()) {
      StoredModel result =
          samples.isEmpty()
              ? WeightStore.apply(source, format, Progress.NONE)
              : WeightStore.apply(
                  source, format, new StoreData(source, samples.get(), scratch, 1), Progress.NONE);
      ModelWriter.write(result.model(), out, Progress.NONE);
    }
    return OnnxModel.open(out);
  }

  private static double sqnr(OnnxModel source, OnnxModel candidate) throws IOException {
    Samples samples = Samples.of(source.facts(), DATA).forJudging();
    return Comparison.of(source, candidate, samples, "", 1, Progress.NONE).quality().sqnrDb();
  }

  private OnnxModel open(ModelProto model) throws IOException {
    return OnnxModel.open(TestModels.write(model, folder.resolve("in.onnx")));
  }
}
