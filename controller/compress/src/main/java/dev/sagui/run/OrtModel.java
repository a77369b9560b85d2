/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.NodeInfo;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in an ONNX Runtime session; one run at a time.
 *
 * <p>Threads do not spin when idle. Telemetry is off only when the process was started with {@code
 * ORT_DISABLE_TELEMETRY=1}: the runtime reads it once, before any setter acts.
 */
public final class OrtModel implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;

  private OrtModel(OrtEnvironment environment, OrtSession session) {
    this.environment = environment;
    this.session = session;
  }

  /**
   * @param threads that share one operator, the caller's included
   * @throws RejectedException MODEL_DOES_NOT_LOAD, with the runtime's reason
   */
  public static OrtModel open(Path modelFile, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      return open(modelFile, threads, options);
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.MODEL_DOES_NOT_LOAD,
          "ONNX Runtime does not load %s: %s".formatted(modelFile, e.getMessage()),
          e);
    }
  }

  static OrtModel open(Path modelFile, int threads, OrtSession.SessionOptions options)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    return new OrtModel(environment, environment.createSession(modelFile.toString(), options));
  }

  /** Ends profiling; the name of the profile. */
  String endProfiling() throws OrtException {
    return session.endProfiling();
  }

  /** The version of ONNX Runtime. */
  public static String runtimeVersion() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  /** Input names in the order of the model. */
  public List<String> inputs() {
    return List.copyOf(session.getInputNames());
  }

  /** Output names in the order of the model. */
  public List<String> outputs() {
    try {
      return session.getOutputInfo().values().stream().map(NodeInfo::getName).toList();
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  /**
   * Runs the model.
   *
   * @return its outputs in order, copied
   * @throws RejectedException BAD_TENSOR, with the runtime's reason
   */
  public List<Tensor> run(List<Tensor> inputs) {
    Map<String, OnnxTensor> feed = new LinkedHashMap<>();
    try {
      for (Tensor input : inputs) {
        feed.put(input.name(), toOrt(input));
      }
      try (OrtSession.Result result = session.run(feed)) {
        List<Tensor> outputs = new ArrayList<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
          outputs.add(fromOrt(entry.getKey(), entry.getValue()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  /** Runs the model and drops the outputs; nanoseconds of the run alone. */
  public long time(List<Tensor> inputs) {
    Map<String, OnnxTensor> feed = new LinkedHashMap<>();
    try {
      for (Tensor input : inputs) {
        feed.put(input.name(), toOrt(input));
      }
      long start = System.nanoTime();
      try (OrtSession.Result result = session.run(feed)) {
        return result.size() == 0 ? 0 : System.nanoTime() - start;
      }
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor toOrt(Tensor tensor) throws OrtException {
    ByteBuffer data = tensor.data();
    ByteBuffer direct =
        ByteBuffer.allocateDirect(Math.max(1, data.remaining())).order(ByteOrder.nativeOrder());
    direct.put(data).flip();
    return OnnxTensor.createTensor(
        environment, direct, tensor.shapeArray(), javaType(tensor.type()));
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

  private static RejectedException failed(OrtException e) {
    return new RejectedException(
        FailureCode.BAD_TENSOR, "ONNX Runtime does not run the model: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("a session closes once; this is a bug", e);
    }
  }
}
