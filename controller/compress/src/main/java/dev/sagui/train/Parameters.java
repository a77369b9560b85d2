/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import dev.sagui.onnx.TensorValues;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that training changes, laid out one after the other in one buffer: optimizers are one loop
 * over it, and graphs read and write it in place. Trained ones come first, then state.
 */
public final class Parameters {
  /** Where a parameter may begin: the runtime's kernels like lines of the cache. */
  private static final int ALIGNED_ELEMENTS = 16;

  private final List<Parameter> all;
  private final int trained;
  private final int size;

  private Parameters(List<Parameter> all, int trained, int size) {
    this.all = List.copyOf(all);
    this.trained = trained;
    this.size = size;
  }

  /**
   * @param trained shapes by name
   * @param state shapes by name
   */
  public static Parameters of(Map<String, List<Long>> trained, Map<String, List<Long>> state) {
    List<Parameter> all = new ArrayList<>();
    int end = 0;
    for (Map.Entry<String, List<Long>> each : trained.entrySet()) {
      all.add(new Parameter(each.getKey(), each.getValue(), end, true));
      end = aligned(end + all.get(all.size() - 1).size());
    }
    int first = end;
    for (Map.Entry<String, List<Long>> each : state.entrySet()) {
      all.add(new Parameter(each.getKey(), each.getValue(), end, false));
      end = aligned(end + all.get(all.size() - 1).size());
    }
    return new Parameters(all, first, end);
  }

  private static int aligned(int elements) {
    return Math.multiplyExact(
        (elements + ALIGNED_ELEMENTS - 1) / ALIGNED_ELEMENTS, ALIGNED_ELEMENTS);
  }

  public List<Parameter> all() {
    return all;
  }

  /** Those with a gradient. */
  public List<Parameter> trained() {
    return all.stream().filter(Parameter::trained).toList();
  }

  /** Elements of the part of the buffer that optimizers change. */
  public int trainedSize() {
    return trained;
  }

  /** Elements of the whole buffer. */
  public int size() {
    return size;
  }

  /** A buffer of zeros for all. */
  public ByteBuffer allocate() {
    return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  /** A view of one parameter in a buffer of all. */
  public static Tensor view(Parameter parameter, String name, ByteBuffer buffer) {
    return new Tensor(
        name,
        DataType.FP32,
        parameter.shape(),
        buffer.slice(parameter.offset() * Float.BYTES, parameter.size() * Float.BYTES));
  }

  /** Views of all in a buffer of all, under their names. */
  public List<Tensor> views(ByteBuffer buffer) {
    return all.stream().map(p -> view(p, p.name(), buffer)).toList();
  }

  /** The values that a model's initializers have. */
  public ByteBuffer read(OnnxModel model) throws IOException {
    ByteBuffer buffer = allocate();
    Map<String, TensorProto> tensors = new HashMap<>();
    model.graph().getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
    for (Parameter parameter : all) {
      TensorProto tensor = tensors.get(parameter.name());
      if (tensor != null) {
        buffer.asFloatBuffer().put(parameter.offset(), TensorValues.floats(model, tensor));
      }
    }
    return buffer;
  }

  /** The model with the values of {@code buffer}, copied, in its initializers. */
  public OnnxModel write(OnnxModel model, ByteBuffer buffer) {
    Map<String, Parameter> byName = new HashMap<>();
    all.forEach(parameter -> byName.put(parameter.name(), parameter));
    GraphProto.Builder graph = model.graph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      Parameter parameter = byName.get(graph.getInitializer(i).getName());
      if (parameter != null) {
        Payload values = Payload.of(ByteString.copyFrom(view(parameter, "", buffer).data()));
        graph.setInitializer(i, model.attach(graph.getInitializer(i), values));
      }
    }
    return model.with(model.proto().toBuilder().setGraph(graph).build());
  }

  /** The names, for messages and checks. */
  public Collection<String> names() {
    return all.stream().map(Parameter::name).toList();
  }
}
