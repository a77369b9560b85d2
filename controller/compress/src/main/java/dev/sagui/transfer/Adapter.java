/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Safetensors;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank differences to a base model: W' = W + B A for each of some weights. As a file it is
 * safetensors with {@code NAME.lora_A.weight} [rank, inputs] and {@code NAME.lora_B.weight}
 * [outputs, rank], as PEFT names and lays them out, with alpha / rank multiplied into B, a kernel's
 * channels and places in one dimension; and under {@code base.sha256} the digest of the weights
 * that it is for.
 */
public final class Adapter {
  private static final String DOWN = ".lora_A.weight";
  private static final String UP = ".lora_B.weight";
  private static final String BASE = "base.sha256";

  private final byte[] digest;
  private final List<Delta> deltas;

  private Adapter(byte[] digest, List<Delta> deltas) {
    this.digest = digest;
    this.deltas = List.copyOf(deltas);
  }

  /**
   * The difference of one weight.
   *
   * @param outputsFirst whether the weight is [outputs, inputs], else [inputs, outputs]
   * @param down A, [rank, inputs]
   * @param up B, [outputs, rank]
   */
  @SuppressWarnings("ArrayRecordComponent") // of one package, never compared
  record Delta(
      String weight, int inputs, int outputs, boolean outputsFirst, float[] down, float[] up) {
    int rank() {
      return down.length / inputs;
    }

    /** Adds B A, summed in double. */
    void addTo(float[] values) {
      for (int o = 0; o < outputs; o++) {
        for (int i = 0; i < inputs; i++) {
          double sum = 0;
          for (int r = 0; r < rank(); r++) {
            sum += (double) up[o * rank() + r] * down[r * inputs + i];
          }
          values[outputsFirst ? o * inputs + i : i * outputs + o] += (float) sum;
        }
      }
    }
  }

  static Adapter of(OnnxModel base, List<Delta> deltas) throws IOException {
    return new Adapter(digest(base, deltas.stream().map(Delta::weight).toList()), deltas);
  }

  private static byte[] digest(OnnxModel base, List<String> weights) throws IOException {
    Graph graph = new Graph(base);
    MessageDigest sha = Digest.sha256();
    for (String name : weights.stream().sorted().toList()) {
      TensorProto tensor = graph.constant(name).orElseThrow(() -> other(base, name));
      base.payload(tensor).read(sha::update);
    }
    return sha.digest();
  }

  private static RejectedException other(OnnxModel base, String name) {
    return new RejectedException(
        FailureCode.BAD_REQUEST,
        "the adapter is for a model with a weight '%s', %s has none; give the model that it was trained on"
            .formatted(name, base.file()));
  }

  /** The file's bytes. */
  public byte[] bytes() {
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(
        new Tensor(BASE, DataType.UINT8, List.of((long) digest.length), ByteBuffer.wrap(digest)));
    for (Delta each : deltas) {
      tensors.add(Tensor.of(each.weight() + DOWN, each.down(), each.rank(), each.inputs()));
      tensors.add(Tensor.of(each.weight() + UP, each.up(), each.outputs(), each.rank()));
    }
    return Safetensors.write(tensors);
  }

  /**
   * Reads an adapter and adds it to its base.
   *
   * @param file that {@link #bytes} made
   * @return the base with other weights: same graph, same inputs, same speed
   * @throws RejectedException BAD_TENSOR when the file is no adapter; BAD_REQUEST when it is for
   *     another model
   */
  public static OnnxModel merge(OnnxModel base, byte[] file) throws IOException {
    Map<String, Tensor> tensors = new HashMap<>();
    Safetensors.parse(file).forEach(tensor -> tensors.put(tensor.name(), tensor));
    Graph graph = new Graph(base);
    List<Delta> deltas = new ArrayList<>();
    for (String name : tensors.keySet().stream().filter(n -> n.endsWith(DOWN)).sorted().toList()) {
      String weight = name.substring(0, name.length() - DOWN.length());
      TensorProto tensor = graph.constant(weight).orElseThrow(() -> other(base, weight));
      deltas.add(delta(tensor, graph, tensors));
    }
    byte[] expected = new byte[Digest.BYTES];
    Tensor told = tensors.get(BASE);
    if (told == null || told.data().remaining() != expected.length || deltas.isEmpty()) {
      throw bad("expected an adapter with '%s' and pairs of A and B".formatted(BASE));
    }
    told.data().get(expected);
    if (!MessageDigest.isEqual(
        expected, digest(base, deltas.stream().map(Delta::weight).toList()))) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "the adapter was trained on other weights than those of %s; give the model that it was trained on"
              .formatted(base.file()));
    }
    return new Adapter(expected, deltas).addedTo(base);
  }

  private static Delta delta(TensorProto of, Graph graph, Map<String, Tensor> tensors) {
    String weight = of.getName();
    Tensor down = tensors.get(weight + DOWN);
    Tensor up = tensors.get(weight + UP);
    if (down == null || up == null || down.shape().size() != 2 || up.shape().size() != 2) {
      throw bad("expected A and B of two dimensions for '%s'".formatted(weight));
    }
    long inputs = down.shape().get(1);
    long outputs = up.shape().get(0);
    List<Long> dims = of.getDimsList();
    boolean first = LowRank.outputsFirst(graph, weight);
    if (dims.size() < 2
        || dims.get(LowRank.outputsAxis(graph, weight)) != outputs
        || dims.stream().reduce(1L, (a, b) -> a * b) != inputs * outputs
        || !down.shape().get(0).equals(up.shape().get(1))) {
      throw bad(
          "expected A and B whose product has the shape %s of '%s', found %s and %s"
              .formatted(dims, weight, down.shape(), up.shape()));
    }
    return new Delta(weight, (int) inputs, (int) outputs, first, down.floats(), up.floats());
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_TENSOR, "adapter: " + what);
  }

  /** A base with these differences. */
  OnnxModel addedTo(OnnxModel base) throws IOException {
    Graph graph = new Graph(base);
    for (Delta each : deltas) {
      TensorProto tensor = graph.constant(each.weight()).orElseThrow();
      float[] values = TensorValues.floats(base, tensor);
      each.addTo(values);
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      graph.put(base.attach(tensor, Payload.of(ByteString.copyFrom(bytes))));
    }
    GraphProto built = graph.build();
    return base.with(base.proto().toBuilder().setGraph(built).build());
  }
}
