/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quality.Comparison;
import dev.sagui.quality.Metric;
import dev.sagui.quality.Quality;
import dev.sagui.quality.Tolerance;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixedStoreIT {
  private static final DataSpec DATA = DataSpec.parse("latent:uniform:5:64");

  @TempDir Path folder;

  /** 0.5 dB apart, since these samples are not those that it was held against. */
  @ParameterizedTest
  @ValueSource(doubles = {20, 30, 40})
  void outputsKeepWhatWasAskedFor(double sqnr) throws IOException {
    OnnxModel source = open(LayerRoundingIT.generator());
    OnnxModel mixed = written(auto(source, sqnr));
    assertTrue(sqnr(source, mixed) > sqnr - 0.5, "" + sqnr(source, mixed));
    assertTrue(mixed.sizeBytes() < source.sizeBytes() / 2);
  }

  @Test
  void moreQualityTakesMoreBytes() throws IOException {
    OnnxModel source = open(LayerRoundingIT.generator());
    long least = 0;
    for (double sqnr : new double[] {15, 25, 35, 45, 100}) {
      long bytes = written(auto(source, sqnr)).sizeBytes();
      assertTrue(bytes >= least, sqnr + " dB: " + bytes + " after " + least);
      least = bytes;
    }
  }

  @Test
  void fileOfSoManyBytesIsNearerThanOneOfFewer() throws IOException {
    OnnxModel source = open(LayerRoundingIT.generator());
    double least = 0;
    for (double share : new double[] {0.12, 0.16, 0.2, 0.26}) {
      long most = (long) (share * source.sizeBytes());
      OnnxModel mixed = written(within(source, most));
      assertTrue(mixed.sizeBytes() <= most, mixed.sizeBytes() + " of " + most);
      double sqnr = sqnr(source, mixed);
      assertTrue(sqnr > least, sqnr + " dB after " + least);
      least = sqnr;
    }
  }

  @Test
  void fewerBytesThanTheSmallestFormatsTakeAreRefused() throws IOException {
    OnnxModel source = open(LayerRoundingIT.generator());
    RejectedException refused = assertThrows(RejectedException.class, () -> within(source, 1000));
    assertEquals(FailureCode.BAD_REQUEST, refused.code());
  }

  @Test
  void outputsThatNeedAllBitsKeepThem() throws IOException {
    StoredModel result = auto(open(LayerRoundingIT.generator()), 150);
    assertFalse(result.changed());
    assertTrue(result.weights().stream().allMatch(w -> w.reason().contains("outputs need it")));
    assertTrue(result.weights().stream().allMatch(w -> w.bytesAfter() == w.bytesBefore()));
  }

  @Test
  void soundIsHeldToItsMelDistance() throws IOException {
    OnnxModel source = open(waves());
    long least = 0;
    for (double mel : new double[] {0.3, 0.05}) {
      OnnxModel mixed = written(auto(source, new Tolerance(100, mel)));
      double found = quality(source, mixed).metric(Metric.LOG_MEL_DTW).orElseThrow();
      assertTrue(found < 1.1 * mel, "mel " + found);
      assertTrue(mixed.sizeBytes() > least && mixed.sizeBytes() < source.sizeBytes() / 2);
      least = mixed.sizeBytes();
    }
  }

  /** [N, 32] → [N, 1, 4096]. */
  private static ModelProto waves() {
    return TestModels.model(
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 32}))
            .addInitializer(TestModels.weights("w1", 1, 32, 64))
            .addInitializer(TestModels.weights("w2", 2, 64, 4096))
            .addInitializer(
                ai.onnx.proto.OnnxMl.TensorProto.newBuilder()
                    .setName("shape")
                    .setDataType(7)
                    .addDims(3)
                    .addAllInt64Data(List.of(-1L, 1L, 4096L)))
            .addNode(TestModels.node("MatMul", "a", "x", "w1"))
            .addNode(TestModels.node("Tanh", "b", "a"))
            .addNode(TestModels.node("MatMul", "c", "b", "w2"))
            .addNode(TestModels.node("Reshape", "y", "c", "shape")));
  }

  /** Its noise is 30 dB above what a weight of the second layer alone could bring. */
  @Test
  void loudLayerGetsMoreBitsThanAQuietOne() throws IOException {
    ModelProto model =
        TestModels.model(
            TestModels.graph(List.of("x"), List.of(new long[] {-1, 64}))
                .addInitializer(TestModels.weights("loud", 1, 64, 64))
                .addInitializer(scaled("quiet", 0.001f))
                .addNode(TestModels.node("MatMul", "a", "x", "loud"))
                .addNode(TestModels.node("MatMul", "b", "x", "quiet"))
                .addNode(TestModels.node("Add", "y", "a", "b")));
    StoredModel result = auto(open(model), 35);
    Set<String> quiet = formats(result, "quiet");
    assertEquals(Set.of("palette4"), quiet);
    assertFalse(formats(result, "loud").contains("palette4"));
  }

  private static ai.onnx.proto.OnnxMl.TensorProto scaled(String name, float by) {
    float[] values = new float[64 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = by * (float) Math.sin(1.7 * i);
    }
    return TestModels.floats(name, values, 64, 64);
  }

  private static Set<String> formats(StoredModel model, String weight) {
    return model.weights().stream()
        .filter(stored -> stored.name().equals(weight))
        .map(StoredWeight::format)
        .collect(Collectors.toSet());
  }

  private StoredModel auto(OnnxModel source, double sqnr) throws IOException {
    return auto(source, Tolerance.ofSqnr(sqnr));
  }

  private StoredModel auto(OnnxModel source, Tolerance tolerance) throws IOException {
    Samples samples = Samples.of(source.facts(), DATA).forCalibration();
    try (Scratch scratch = Scratch.create()) { // these weights are small, and lie in memory
      StoreData data = new StoreData(source, samples, scratch, 1);
      return MixedStore.auto(source, tolerance, data, Progress.NONE);
    }
  }

  private StoredModel within(OnnxModel source, long bytes) throws IOException {
    Samples samples = Samples.of(source.facts(), DATA).forCalibration();
    try (Scratch scratch = Scratch.create()) {
      StoreData data = new StoreData(source, samples, scratch, 1);
      return MixedStore.within(source, bytes, data, Progress.NONE);
    }
  }

  private OnnxModel written(StoredModel stored) throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    ModelWriter.write(stored.model(), out, Progress.NONE);
    return OnnxModel.open(out);
  }

  private static double sqnr(OnnxModel source, OnnxModel candidate) throws IOException {
    return quality(source, candidate).sqnrDb();
  }

  private static Quality quality(OnnxModel source, OnnxModel candidate) throws IOException {
    Samples samples = Samples.of(source.facts(), DATA).forJudging();
    return Comparison.of(source, candidate, samples, "", 1, Progress.NONE).quality();
  }

  private OnnxModel open(ModelProto model) throws IOException {
    return OnnxModel.open(TestModels.write(model, folder.resolve("in.onnx")));
  }
}
