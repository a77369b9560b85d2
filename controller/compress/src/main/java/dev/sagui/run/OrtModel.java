/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model in an ONNX Runtime session; one run at a time.
 *
 * <p>Threads do not spin when idle. Telemetry is off only when the process was started with {@code
 * ORT_DISABLE_TELEMETRY=1}: the runtime reads it once, before any setter acts.
 */
public final class OrtModel implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<String, String> skipped = new LinkedHashMap<>();
  private final Map<String, String> refused = new LinkedHashMap<>();
  private final List<String> tensors = new ArrayList<>();
  private final ReusedOutputs reused;

  private OrtModel(OrtEnvironment environment, OrtSession session) {
    this.environment = environment;
    this.session = session;
    this.reused = new ReusedOutputs(environment);
    for (NodeInfo output : outputInfo()) {
      OrtValues.whyLeftOut(output).ifPresent(why -> skipped.put(output.getName(), why));
      OrtValues.whyRefused(output).ifPresent(why -> refused.put(output.getName(), why));
      if (!skipped.containsKey(output.getName()) && !refused.containsKey(output.getName())) {
        tensors.add(output.getName());
      }
    }
  }

  /**
   * @param threads that share one operator, the caller's included
   * @throws RejectedException MODEL_DOES_NOT_LOAD, with the runtime's reason
   */
  public static OrtModel open(Path modelFile, int threads) {
    return open(modelFile, threads, List.of());
  }

  /**
   * Opens a model as it is on disk, or edited.
   *
   * @param exact whether quantized layers compute what integers without saturation would, for a
   *     device whose arithmetic this machine has no exact kernels for: layers between
   *     QuantizeLinear and DequantizeLinear in float32, dynamic int8 with its weights as uint8
   * @throws RejectedException as the other
   * @throws IOException the disk failed or is full
   */
  public static OrtModel open(OnnxModel model, int threads, boolean exact) throws IOException {
    try (TemporaryModel file = TemporaryModel.of(exact ? UnsignedWeights.in(model) : model)) {
      return open(file.file(), threads, exact ? List.of("session.disable_quant_qdq") : List.of());
    }
  }

  /** Opens a model for a few runs: weights stay as the file has them, not packed beside it too. */
  static OrtModel openUnpacked(Path modelFile, int threads) {
    return open(modelFile, threads, List.of("session.disable_prepacking"));
  }

  private static OrtModel open(Path modelFile, int threads, List<String> switches) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      for (String each : switches) {
        options.addConfigEntry(each, "1");
      }
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
    // What fails is thrown; the runtime would print it once more.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    OrtSession session = environment.createSession(modelFile.toString(), options);
    try {
      return new OrtModel(environment, session);
    } catch (RejectedException e) {
      session.close();
      throw e;
    }
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
    return outputInfo().stream().map(NodeInfo::getName).toList();
  }

  /** Outputs that {@link #run} leaves out, strings above all, each with the reason. */
  public Map<String, String> skipped() {
    return Collections.unmodifiableMap(skipped);
  }

  /** Outputs that are no tensors, each with the reason; {@link #run} refuses them. */
  Map<String, String> refused() {
    return Collections.unmodifiableMap(refused);
  }

  private Collection<NodeInfo> outputInfo() {
    try {
      return session.getOutputInfo().values();
    } catch (OrtException e) {
      throw OrtValues.refused(
          "expected outputs that are tensors, ONNX Runtime cannot describe them: "
              + e.getMessage());
    }
  }

  /**
   * Runs the model.
   *
   * @return its outputs in order, copied, without those of {@link #skipped}
   * @throws RejectedException BAD_TENSOR, with the runtime's reason; UNSUPPORTED_MODEL for outputs
   *     that are sequences, maps or optional values, and when no output is left
   */
  public List<Tensor> run(List<Tensor> inputs) {
    refused.values().stream()
        .findFirst()
        .ifPresent(
            why -> {
              throw OrtValues.refused("output " + why);
            });
    if (tensors.isEmpty()) {
      throw OrtValues.refused("no output can be compared: " + String.join(", ", skipped.values()));
    }
    List<Tensor> outputs = new ArrayList<>();
    run(inputs, tensors, outputs::add);
    return outputs;
  }

  /** Runs the model and hands over some of its outputs, copied one at a time. */
  void run(List<Tensor> inputs, Collection<String> wanted, Consumer<Tensor> each) {
    fed(
        inputs,
        feed -> {
          try (OrtSession.Result result = session.run(feed, new LinkedHashSet<>(wanted))) {
            for (Map.Entry<String, OnnxValue> entry : result) {
              each.accept(OrtValues.tensor(entry.getKey(), entry.getValue()));
            }
          }
          return 0;
        });
  }

  /** As {@link #run}, but the next call overwrites the data: it is valid during the call only. */
  void stream(List<Tensor> inputs, Collection<String> wanted, Consumer<Tensor> each) {
    fed(
        inputs,
        feed -> {
          reused.run(session, feed, wanted, each);
          return 0;
        });
  }

  /** Runs the model and drops the outputs; nanoseconds of the run alone. */
  public long time(List<Tensor> inputs) {
    return fed(
        inputs,
        feed -> {
          long start = System.nanoTime();
          try (OrtSession.Result result = session.run(feed)) {
            return result.size() == 0 ? 0 : System.nanoTime() - start;
          }
        });
  }

  private interface Run {
    long on(Map<String, OnnxTensor> feed) throws OrtException;
  }

  private long fed(List<Tensor> inputs, Run run) {
    Map<String, OnnxTensor> feed = new LinkedHashMap<>();
    try {
      for (Tensor input : inputs) {
        feed.put(input.name(), OrtValues.toOrt(environment, input));
      }
      return run.on(feed);
    } catch (OrtException e) {
      throw failed(e, inputs);
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  private static RejectedException failed(OrtException e, List<Tensor> inputs) {
    List<String> given =
        inputs.stream()
            .map(input -> "%s %s%s".formatted(input.name(), input.type(), input.shape()))
            .toList();
    String reason = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    return new RejectedException(
        FailureCode.BAD_TENSOR,
        "ONNX Runtime does not run the model on %s: %s".formatted(String.join(", ", given), reason),
        e);
  }

  @Override
  public void close() {
    reused.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("a session closes once; this is a bug", e);
    }
  }
}
