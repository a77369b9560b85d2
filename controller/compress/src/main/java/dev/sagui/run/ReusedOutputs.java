/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Outputs in buffers that are used again while the inputs keep their shapes: the runtime writes to
 * where the run before wrote. Nothing is copied then, and no garbage is left. One session, one run
 * at a time.
 */
final class ReusedOutputs implements AutoCloseable {
  private final OrtEnvironment environment;
  private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
  private final Map<String, Tensor> views = new LinkedHashMap<>();
  private List<List<Long>> shapes = List.of();
  private boolean givenUp;

  ReusedOutputs(OrtEnvironment environment) {
    this.environment = environment;
  }

  /**
   * @param each gets the wanted outputs in their order; the data is valid during the call only
   */
  void run(
      OrtSession session,
      Map<String, OnnxTensor> feed,
      Collection<String> wanted,
      Consumer<Tensor> each)
      throws OrtException {
    List<List<Long>> now = feed.values().stream().map(ReusedOutputs::shape).toList();
    if (!now.equals(shapes)) {
      close();
      shapes = now;
    }
    Set<String> others = new LinkedHashSet<>(wanted);
    others.removeAll(pinned.keySet());
    try (OrtSession.Result result = run(session, feed, others, wanted)) {
      for (String name : wanted) {
        Tensor view = views.get(name);
        each.accept(view == null ? copy(name, result.get(name).orElseThrow()) : view);
      }
    }
  }

  /** Shapes may depend on more than the inputs' shapes; then the runtime chooses again. */
  private OrtSession.Result run(
      OrtSession session,
      Map<String, OnnxTensor> feed,
      Set<String> others,
      Collection<String> wanted)
      throws OrtException {
    if (!pinned.isEmpty()) {
      try {
        return session.run(feed, others, pinned);
      } catch (OrtException e) {
        close();
        givenUp = true;
      }
    }
    return session.run(feed, new LinkedHashSet<>(wanted));
  }

  private Tensor copy(String name, OnnxValue value) throws OrtException {
    Tensor copy = OrtValues.tensor(name, value);
    boolean plain = value.getInfo() instanceof TensorInfo info && info.type == OnnxJavaType.FLOAT;
    if (plain && !givenUp && copy.type() == DataType.FP32 && copy.data().hasRemaining()) {
      ByteBuffer data =
          ByteBuffer.allocateDirect(copy.data().remaining())
              .order(ByteOrder.nativeOrder())
              .put(copy.data())
              .flip();
      views.put(name, new Tensor(name, DataType.FP32, copy.shape(), data));
      pinned.put(
          name, OnnxTensor.createTensor(environment, data, copy.shapeArray(), OnnxJavaType.FLOAT));
    }
    return copy;
  }

  private static List<Long> shape(OnnxTensor tensor) {
    return java.util.Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
  }

  @Override
  public void close() {
    pinned.values().forEach(OnnxTensor::close);
    pinned.clear();
    views.clear();
  }
}
