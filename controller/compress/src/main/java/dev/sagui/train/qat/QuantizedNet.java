/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import dev.sagui.train.Parameter;
import dev.sagui.train.Projection;
import dev.sagui.train.Scorer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A quantized net whose weights are freed to be trained: each step computes with the nearest
 * integers, activations pass QuantizeLinear and DequantizeLinear as they will on the device, and
 * gradients go straight through (Jacob et al. 2018). What comes out has the same form and other
 * integers; weights of DequantizeLinear keep their scales, those that are stored in few bits and
 * matrices in blocks learn them, see {@link SteppedWeight}.
 */
public final class QuantizedNet implements Projection {
  private final OnnxModel quantized;
  private final OnnxModel freed;
  private final List<FreedWeight> weights;
  private final Set<String> rounded;
  private final Map<String, UnaryOperator<float[]>> projections = new HashMap<>();

  private QuantizedNet(OnnxModel quantized, OnnxModel freed, FreedGraph graph) {
    this.quantized = quantized;
    this.freed = freed;
    this.weights = graph.weights();
    this.rounded = graph.rounded();
    weights.forEach(weight -> projections.putAll(weight.projections()));
  }

  /**
   * @param format that weights of DequantizeLinear keep to
   * @return none where no weight is made of integers
   */
  public static Optional<QuantizedNet> of(OnnxModel model, Int8Format format) throws IOException {
    FreedGraph graph = new FreedGraph(model, format);
    OnnxModel freed = graph.freed();
    return graph.weights().isEmpty()
        ? Optional.empty()
        : Optional.of(new QuantizedNet(model, freed, graph));
  }

  /** The net with float32 parameters in place of integers; activations stay quantized. */
  public OnnxModel freed() {
    return freed;
  }

  /** The quantized net with the integers nearest to the weights of a trained one. */
  public OnnxModel quantized(OnnxModel trained) throws IOException {
    Map<String, TensorProto> learnt = new HashMap<>();
    trained.graph().getInitializerList().forEach(tensor -> learnt.put(tensor.getName(), tensor));
    Map<String, ByteString> stored = new HashMap<>();
    for (FreedWeight weight : weights) {
      stored.putAll(
          weight.stored(
              name -> TensorValues.floats(trained, Objects.requireNonNull(learnt.get(name)))));
    }
    GraphProto.Builder graph = quantized.graph().toBuilder().clearInitializer();
    for (TensorProto tensor : quantized.graph().getInitializerList()) {
      TensorProto same = learnt.get(tensor.getName());
      ByteString bytes = stored.get(tensor.getName());
      if (bytes == null && same != null) {
        bytes = trained.payload(same).toByteString();
      }
      graph.addInitializer(bytes == null ? tensor : quantized.attach(tensor, Payload.of(bytes)));
    }
    return quantized.with(quantized.proto().toBuilder().setGraph(graph).build());
  }

  /** Of trained nets as integers: the runtime would quantize float32 weights of its own accord. */
  public Scorer judgedBy(Scorer scorer) {
    return trained -> scorer.of(quantized(trained));
  }

  @Override
  public void project(Parameter parameter, FloatBuffer free, FloatBuffer onto) {
    UnaryOperator<float[]> projection = projections.get(parameter.name());
    if (projection == null) {
      NONE.project(parameter, free, onto);
      return;
    }
    float[] values = new float[parameter.size()];
    free.get(parameter.offset(), values);
    onto.put(parameter.offset(), projection.apply(values));
  }

  @Override
  public boolean roundsToZero(String parameter) {
    return rounded.contains(parameter);
  }
}
