/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import dev.sagui.onnx.TensorValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The halves of a variational autoencoder (Kingma and Welling 2014) as devices use them, and as one
 * net, as training does.
 *
 * @param encoder one input, a sample; its first output is μ, its second ln σ², [batch, latent]
 * @param decoder one input, a latent [batch, latent]; its first output is a sample
 */
record AutoencoderPair(OnnxModel encoder, OnnxModel decoder) {
  private static final String PREFIX = "decoder/";
  private static final String NOISE = "noise";

  /**
   * Both at the later of their opsets, weights as initializers.
   *
   * @throws RejectedException UNSUPPORTED_MODEL for models that are no such halves
   */
  static AutoencoderPair of(OnnxModel encoder, OnnxModel decoder) {
    int opset =
        Math.max(OpsetUpgrade.version(encoder.proto()), OpsetUpgrade.version(decoder.proto()));
    AutoencoderPair pair = new AutoencoderPair(plain(encoder, opset), plain(decoder, opset));
    pair.check();
    return pair;
  }

  private static OnnxModel plain(OnnxModel model, int opset) {
    OnnxModel upgraded = OpsetUpgrade.to(model, opset);
    GraphProto graph = new Graph(upgraded).build();
    return upgraded.with(upgraded.proto().toBuilder().setGraph(graph).build());
  }

  private void check() {
    int given = encoder.graph().getOutputCount();
    if (encoder.facts().inputs().size() != 1 || given < 2) {
      throw unsupported(
          "an encoder with one input and the outputs μ and ln σ²",
          encoder,
          "%d inputs and %d outputs".formatted(encoder.facts().inputs().size(), given));
    }
    if (decoder.facts().inputs().size() != 1) {
      throw unsupported(
          "a decoder with one input, the latent",
          decoder,
          decoder.facts().inputs().size() + " inputs");
    }
    long nested = new Graph(decoder).nodes().stream().filter(Node::hasNestedGraph).count();
    if (nested > 0) {
      throw unsupported("a decoder without nested graphs", decoder, nested + " nodes with one");
    }
  }

  private static RejectedException unsupported(String expected, OnnxModel model, String found) {
    return new RejectedException(
        FailureCode.UNSUPPORTED_MODEL,
        "expected %s, %s has %s".formatted(expected, model.file(), found));
  }

  /** Input of {@link #joined}: the sample. */
  String sample() {
    return encoder.graph().getInput(0).getName();
  }

  /** Input of {@link #joined}: standard normal numbers, [batch, latent]. */
  String noise() {
    return PREFIX + NOISE;
  }

  /** Output of {@link #joined}: the sample as it is explained. */
  String decoded() {
    return PREFIX + decoder.graph().getOutput(0).getName();
  }

  /** Output of {@link #joined}: μ. */
  String mean() {
    return encoder.graph().getOutput(0).getName();
  }

  /** Output of {@link #joined}: ln σ². */
  String logVariance() {
    return encoder.graph().getOutput(1).getName();
  }

  /** Sample and noise to decoded, μ and ln σ², with z = μ + exp(½ ln σ²) · noise between. */
  OnnxModel joined() {
    Graph graph = new Graph(encoder);
    for (TensorProto tensor : decoder.graph().getInitializerList()) {
      graph.put(moved(tensor, PREFIX + tensor.getName(), decoder, encoder));
    }
    String half = graph.addConstant("half", TensorValues.floats(List.of(), new double[] {0.5}));
    String scaled = node(graph, "Mul", logVariance(), half);
    String spread = node(graph, "Mul", node(graph, "Exp", scaled), noise());
    String z = PREFIX + decoder.graph().getInput(0).getName();
    graph.add(NodeBuilder.of("Add").inputs(mean(), spread).output(z).build());
    decoder.graph().getNodeList().forEach(node -> graph.add(renamed(node)));
    ValueInfoProto latent = decoder.graph().getInput(0).toBuilder().setName(noise()).build();
    ValueInfoProto image = decoder.graph().getOutput(0).toBuilder().setName(decoded()).build();
    GraphProto.Builder built =
        graph.build().toBuilder()
            .addInput(latent)
            .clearOutput()
            .addOutput(image)
            .addOutput(encoder.graph().getOutput(0))
            .addOutput(encoder.graph().getOutput(1));
    return encoder.with(encoder.proto().toBuilder().setGraph(built).build());
  }

  private static String node(Graph graph, String operator, String... inputs) {
    String name = graph.freshName("reparameterized");
    graph.add(NodeBuilder.of(operator).inputs(inputs).output(name).build());
    return name;
  }

  private static NodeProto renamed(NodeProto node) {
    NodeProto.Builder builder = node.toBuilder().clearInput().clearOutput();
    node.getInputList().forEach(name -> builder.addInput(prefixed(name)));
    node.getOutputList().forEach(name -> builder.addOutput(prefixed(name)));
    return builder.setName(prefixed(node.getName())).build();
  }

  private static String prefixed(String name) {
    return name.isEmpty() ? name : PREFIX + name;
  }

  private static TensorProto moved(TensorProto tensor, String name, OnnxModel from, OnnxModel to) {
    TensorProto named = tensor.toBuilder().setName(name).build();
    return tensor.getExternalDataCount() > 0 ? to.attach(named, from.payload(tensor)) : named;
  }

  /** The halves with the weights that a joined net has. */
  AutoencoderPair with(OnnxModel joined) {
    Map<String, TensorProto> tensors = new HashMap<>();
    joined.graph().getInitializerList().forEach(each -> tensors.put(each.getName(), each));
    return new AutoencoderPair(
        filled(encoder, "", joined, tensors), filled(decoder, PREFIX, joined, tensors));
  }

  private static OnnxModel filled(
      OnnxModel half, String prefix, OnnxModel joined, Map<String, TensorProto> tensors) {
    GraphProto.Builder graph = half.graph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      String name = graph.getInitializer(i).getName();
      TensorProto learnt = tensors.get(prefix + name);
      if (learnt != null) {
        graph.setInitializer(i, moved(learnt, name, joined, half));
      }
    }
    return half.with(half.proto().toBuilder().setGraph(graph).build());
  }
}
