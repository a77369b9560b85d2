/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.Ran.sagui;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.cli.Ran;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareIT {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  @TempDir Path folder;

  @Test
  void picturesHaveTableReadingAndReport() throws IOException {
    Path small = folder.resolve("small");
    assertEquals(
        0, sagui("compress", Ran.VAE_DECODER, "--store", "int8", "--out", small, "--quiet").code());
    Path report = folder.resolve("report");
    Ran ran =
        sagui(
            "compare",
            Ran.VAE_DECODER,
            small,
            "--data",
            "latent:normal:3:64",
            "--report",
            report,
            "--quiet");
    assertEquals(0, ran.code(), ran.err());
    assertEquals("", ran.err());
    for (String expected :
        List.of(
            "bytes", "p10 ms", "ssim", "kid", "diversity_ratio", "B against A", "image model")) {
      assertTrue(ran.out().contains(expected), ran.out());
    }
    assertTrue(ran.out().contains("no difference beyond chance"), ran.out());
    assertEquals(List.of("picture.png", "report.html", "report.json"), names(report));
    Fields json = Fields.parse(Files.readAllBytes(report.resolve("report.json")));
    assertTrue(json.object("quality").number("ssim") > 0.95);
    assertTrue(json.object("null_scale").number("ssim") < 0.9);
    assertTrue(json.object("quality").number("kid") < json.object("null_scale").number("kid"));
    assertEquals("image", json.object("quality").string("kind"));
    String page = Files.readString(report.resolve("report.html"));
    assertTrue(page.contains("data:image/png;base64,"));
    assertFalse(page.contains("<script") || page.contains("http"));
  }

  @Test
  void soundHasSpectrogramsAndItsMetrics() throws IOException {
    Path a = wave("a.onnx", 1);
    Path b = wave("b.onnx", 1.05f);
    Path png = folder.resolve("both.png");
    Ran ran =
        sagui(
            "compare",
            a,
            b,
            "--data",
            "random:0:8",
            "--picture",
            png,
            "--sample-rate",
            "16000",
            "--json");
    assertEquals(0, ran.code(), ran.err());
    Fields quality = ran.json().object("quality");
    assertEquals("audio", quality.string("kind"));
    assertTrue(quality.number("log_mel_l1") > 0);
    assertTrue(quality.number("mr_stft") < ran.json().object("null_scale").number("mr_stft"));
    assertEquals(1, quality.number("length_ratio"));
    assertTrue(ran.json().object("reading").has("log_mel_l1"));
    assertEquals(15, javax.imageio.ImageIO.read(png.toFile()).getHeight() / 100);
  }

  @Test
  void tokensHaveDivergenceAndNoPicture() throws IOException {
    Path a = language("a.onnx", 0);
    Path b = language("b.onnx", 0.05f);
    Path report = folder.resolve("report");
    Object[] arguments = {"compare", a, b, "--data", "random:0:16:0..50", "--quiet"};
    Ran ran = sagui(with(arguments, "--json", "--report", report));
    assertEquals(0, ran.code(), ran.err());
    Fields quality = ran.json().object("quality");
    assertEquals("language", quality.string("kind"));
    assertTrue(quality.number("kl") < ran.json().object("null_scale").number("kl"));
    assertTrue(quality.number("perplexity") > 1);
    assertEquals(List.of("report.html", "report.json"), names(report));
    assertTrue(Files.readString(report.resolve("report.html")).contains("Likeliest next token"));
    Ran drawn = sagui(with(arguments, "--picture", folder.resolve("p.png")));
    assertEquals(2, drawn.code());
    assertTrue(drawn.err().contains("language model"), drawn.err());
    assertFalse(Files.exists(folder.resolve("p.png")));
  }

  @Test
  void kindCanBeSaid() throws IOException {
    Ran ran =
        sagui(
            "compare",
            Ran.VAE_DECODER,
            Ran.VAE_DECODER,
            "--kind",
            "vector",
            "--data",
            "latent:normal:0:16",
            "--quiet");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains("to the bit"), ran.out());
    assertFalse(ran.out().contains("ms_ssim"), ran.out());
    Ran wrong = sagui("compare", Ran.VAE_DECODER, Ran.VAE_DECODER, "--kind", "smell");
    assertEquals(2, wrong.code());
    assertTrue(wrong.err().contains("image, audio, language or vector"), wrong.err());
    assertEquals(
        2, sagui("compare", Ran.VAE_DECODER, Ran.VAE_DECODER, "--sample-rate", "0").code());
  }

  @Test
  void otherOutputsAndFoldersOfOthersAreBadInput() throws IOException {
    Ran ran = sagui("compare", Ran.VAE_DECODER, wave("w.onnx", 1), "--quiet");
    assertEquals(2, ran.code(), ran.err());
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(taken.resolve("thesis.tex"), "years of work");
    Ran refused =
        sagui(
            "compare",
            Ran.VAE_DECODER,
            Ran.VAE_DECODER,
            "--data",
            "latent:normal:0:4",
            "--report",
            taken,
            "--quiet");
    assertEquals(2, refused.code(), refused.err());
    assertEquals(List.of("thesis.tex"), names(taken));
  }

  private static Object[] with(Object[] arguments, Object... more) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray();
  }

  /** [batch, 1, 16] to sin(z · w): [batch, 1, 4096]. */
  private Path wave(String name, float scale) throws IOException {
    return write(
        name,
        value("z", FLOAT, 1, 16),
        List.of(weights("w", 1, scale, 16, 4096)),
        List.of(node("MatMul", "h", "z", "w"), node("Sin", "y", "h")));
  }

  /** Token ids [batch, 8] to logits [batch, 8, 50]. */
  private Path language(String name, float bias) throws IOException {
    TensorProto.Builder biases = weights("b", 3, bias, 50);
    return write(
        name,
        value("input_ids", INT64, 8),
        List.of(weights("e", 1, 1, 50, 16), weights("w", 2, 1, 16, 50), biases),
        List.of(
            node("Gather", "h", "e", "input_ids"),
            node("MatMul", "l", "h", "w"),
            node("Add", "y", "l", "b")));
  }

  private Path write(
      String name, ValueInfoProto input, List<TensorProto.Builder> weights, List<NodeProto> nodes)
      throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g").addInput(input);
    weights.forEach(graph::addInitializer);
    TypeProto type =
        TypeProto.newBuilder()
            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))
            .build();
    graph.addAllNode(nodes).addOutput(ValueInfoProto.newBuilder().setName("y").setType(type));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    return Files.write(folder.resolve(name), model.toByteArray());
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output)
        .build();
  }

  /** The first dimension is the batch. */
  private static ValueInfoProto value(String name, int type, long... rest) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (long size : rest) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }

  private static TensorProto.Builder weights(String name, long seed, float scale, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    Random random = new Random(seed);
    long count = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    for (long i = 0; i < count; i++) {
      tensor.addFloatData((float) (scale * random.nextGaussian()));
    }
    Arrays.stream(dims).forEach(tensor::addDims);
    return tensor;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
