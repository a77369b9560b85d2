/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** A session of ONNX Runtime behind a fair lock. */
final class OrtModelSession implements Session {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<dev.sagui.manifest.TensorInfo> inputs;
  private final ReentrantLock oneRun = new ReentrantLock(true);

  /** By input, of the largest request so far; only the run in flight touches them. */
  private final Map<String, ByteBuffer> staging = new HashMap<>();

  private boolean closed;

  OrtModelSession(
      OrtEnvironment environment, OrtSession session, List<dev.sagui.manifest.TensorInfo> inputs) {
    this.environment = environment;
    this.session = session;
    this.inputs = inputs;
  }

  @Override
  public List<Tensor> infer(List<Tensor> given) {
    InputCheck.check(inputs, given);
    oneRun.lock();
    try {
      if (closed) {
        throw new RejectedException(
            FailureCode.NOT_FOUND, "the model was just replaced; ask again");
      }
      return run(given);
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.INFERENCE_FAILED,
          "ONNX Runtime does not run this request: " + e.getMessage(),
          e);
    } finally {
      oneRun.unlock();
    }
  }

  private List<Tensor> run(List<Tensor> given) throws OrtException {
    Map<String, OnnxTensor> feed = new LinkedHashMap<>();
    try {
      for (Tensor tensor : given) {
        feed.put(tensor.name(), toOrt(tensor));
      }
      try (OrtSession.Result result = session.run(feed)) {
        List<Tensor> outputs = new ArrayList<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
          outputs.add(fromOrt(entry.getKey(), entry.getValue()));
        }
        return outputs;
      }
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor toOrt(Tensor tensor) throws OrtException {
    ByteBuffer data = tensor.data();
    if (!data.isDirect()) {
      data = staged(tensor.name(), data);
    }
    return OnnxTensor.createTensor(environment, data, tensor.shapeArray(), javaType(tensor.type()));
  }

  /** A direct copy in a buffer that is kept: one made for each request lives until the next GC. */
  private ByteBuffer staged(String input, ByteBuffer data) {
    ByteBuffer kept = staging.get(input);
    if (kept == null || kept.capacity() < data.remaining()) {
      kept = ByteBuffer.allocateDirect(data.remaining());
      staging.put(input, kept);
    }
    return kept.clear().put(data).flip().order(ByteOrder.nativeOrder());
  }

  private static Tensor fromOrt(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "output '%s' is a %s, expected a tensor".formatted(name, value.getType()));
    }
    TensorInfo info = tensor.getInfo();
    List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
    return new Tensor(name, dataType(name, info.type), shape, tensor.getByteBuffer());
  }

  private static OnnxJavaType javaType(DataType type) {
    return switch (type) {
      case FP32 -> OnnxJavaType.FLOAT;
      case FP64 -> OnnxJavaType.DOUBLE;
      case FP16 -> OnnxJavaType.FLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
    };
  }

  private static DataType dataType(String name, OnnxJavaType type) {
    return Arrays.stream(DataType.values())
        .filter(candidate -> javaType(candidate) == type)
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.UNSUPPORTED_MODEL,
                    "output '%s' has elements of type %s".formatted(name, type)));
  }

  @Override
  public void close() {
    oneRun.lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("a session closes once; this is a bug", e);
    } finally {
      oneRun.unlock();
    }
  }
}
