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
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Outputs in buffers that are used again while the inputs keep their shapes: what the runtime
 * writes there is not copied, and leaves no garbage. The first run is done twice, for the shapes;
 * after new shapes the values of one run are copied. One session, one run at a time.
 */
final class ReusedOutputs implements AutoCloseable {
  private final OrtEnvironment environment;
  private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
  private final Map<String, Tensor> views = new LinkedHashMap<>();
  private final Map<String, List<Long>> seen = new LinkedHashMap<>();
  private List<List<Long>> shapes = List.of();
  private boolean givenUp;
  private boolean shrink;

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
      seen.clear();
      if (shapes.isEmpty()) {
        look(session, feed, wanted);
      }
      shapes = now;
    }
    if (pinned.isEmpty() && !givenUp) {
      pin();
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
      try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
        if (shrink) {
          // What the run before held for its outputs is not needed any more.
          options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
          shrink = false;
        }
        return session.run(feed, others, pinned, options);
      } catch (OrtException e) {
        close();
        givenUp = true;
      }
    }
    return session.run(feed, new LinkedHashSet<>(wanted));
  }

  /** One run for the shapes alone: cheaper than copies of all, which the heap would grow by. */
  private void look(OrtSession session, Map<String, OnnxTensor> feed, Collection<String> wanted)
      throws OrtException {
    try (OrtSession.Result result = session.run(feed, new LinkedHashSet<>(wanted))) {
      result.forEach(output -> remember(output.getKey(), output.getValue()));
    }
  }

  private Tensor copy(String name, OnnxValue value) {
    remember(name, value);
    return OrtValues.tensor(name, value);
  }

  private void remember(String name, OnnxValue value) {
    if (value.getInfo() instanceof TensorInfo info
        && info.onnxType == TensorInfo.OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
        && info.getNumElements() > 0) {
      seen.put(name, Arrays.stream(info.getShape()).boxed().toList());
    }
  }

  private void pin() throws OrtException {
    shrink = !seen.isEmpty();
    for (Map.Entry<String, List<Long>> output : seen.entrySet()) {
      String name = output.getKey();
      long elements = output.getValue().stream().reduce(1L, (a, b) -> a * b);
      ByteBuffer data =
          ByteBuffer.allocateDirect(Math.toIntExact(elements * Float.BYTES))
              .order(ByteOrder.nativeOrder());
      Tensor view = new Tensor(name, DataType.FP32, output.getValue(), data);
      views.put(name, view);
      pinned.put(
          name, OnnxTensor.createTensor(environment, data, view.shapeArray(), OnnxJavaType.FLOAT));
    }
  }

  private static List<Long> shape(OnnxTensor tensor) {
    return Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
  }

  @Override
  public void close() {
    pinned.values().forEach(OnnxTensor::close);
    pinned.clear();
    views.clear();
  }
}
